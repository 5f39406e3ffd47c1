/** What it takes to ask about one object: the API, and the lease that gives the right to. */
export interface Held {
  readonly api: string;
  readonly csrf: string;
  readonly lease: { readonly object: number; readonly assignment: number; readonly token: string };
}

/** Let a model server see a picture before anybody asks about it. Nothing hangs on it, so nothing is said when it fails. */
export const warm = ({ api, csrf, lease }: Held, model: string): void => {
  fetch(`${api}/assist/${model}/warm`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrf },
    body: JSON.stringify(lease),
  }).catch(() => undefined);
};
