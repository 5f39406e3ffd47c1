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
