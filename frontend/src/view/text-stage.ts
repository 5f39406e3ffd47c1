/** A text in paragraphs, exactly as stored: `white-space: pre-wrap`, each with the direction of its own script. */
export class TextStage {
  readonly #article: HTMLElement;

  constructor(host: HTMLElement, text: string) {
    const article = document.createElement('article');
    for (const line of text.split('\n')) {
      const paragraph = document.createElement('p');
      paragraph.dir = 'auto';
      paragraph.textContent = line;
      article.append(paragraph);
    }
    host.append(article);
    this.#article = article;
  }

  close(): void {
    this.#article.remove();
  }
}

/** Characters as people and Python count them: code points. */
export const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};
