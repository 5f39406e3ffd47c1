import { levelOf, placed, signed, type Word } from './reasons.ts';

/** One word, marked: how thick its line is says how strong it is, and whole or broken which way. */
const marked = (text: string, weight: number, most: number): HTMLElement => {
  const mark = document.createElement('mark');
  mark.className = `${weight > 0 ? 'pro' : 'contra'} level-${levelOf(weight, most)}`;
  mark.title = signed(weight);
  mark.textContent = text;
  return mark;
};

/** Mark words in the paragraphs of a text, one paragraph a line. Returns how to take the marks away. */
export const markWords = (article: Element, text: string, words: readonly Word[]): (() => void) => {
  const most = Math.max(0, ...words.map(({ weight }) => Math.abs(weight)));
  const ahead = placed(text, words);
  const lines = text.split('\n');
  const touched: [Element, string][] = [];
  let from = 0;
  let next = 0;
  lines.forEach((line, i) => {
    const paragraph = article.children[i];
    const to = from + line.length;
    const pieces: (string | HTMLElement)[] = [];
    let done = from;
    for (let word = ahead[next]; word !== undefined && word.end <= to; word = ahead[++next]) {
      pieces.push(text.slice(done, word.start), marked(text.slice(word.start, word.end), word.weight, most));
      done = word.end;
    }
    if (pieces.length > 0 && paragraph !== undefined) {
      paragraph.replaceChildren(...pieces, text.slice(done, to));
      touched.push([paragraph, line]);
    }
    from = to + 1;
  });
  return () => {
    for (const [paragraph, line] of touched) paragraph.textContent = line;
  };
};
