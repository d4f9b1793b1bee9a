import { inflateSync, strFromU8 } from 'fflate';
import { render } from 'preact';
import type { Language } from '../../model/text.ts';
import type { PageData } from '../data.ts';
import { App } from './app.tsx';
import { Paper } from './paper.tsx';
import { picturesOf } from './pictures.ts';

/** The data of the page, as src/report/html.ts has written it. */
function readData(): PageData {
  const letters = atob(document.getElementById('data')?.textContent ?? '');
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  return JSON.parse(strFromU8(inflateSync(bytes)));
}

const data = readData();
const page = document.getElementById('page');
const paper = document.getElementById('print');
const pictures = picturesOf(data);
let language: Language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';

function speak(next: Language): void {
  language = next;
  draw();
}

function draw(): void {
  if (page === null) return;
  render(<App data={data} pictures={pictures} language={language} speak={speak} />, page);
}

draw();
// Paper shows all steps at once: they are drawn only when somebody prints.
addEventListener('beforeprint', () => {
  if (paper !== null) render(<Paper data={data} pictures={pictures} language={language} />, paper);
});
addEventListener('afterprint', () => {
  if (paper !== null) render(null, paper);
});
