import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** From the lowest to the highest; a file may import from its own layer and from lower ones only. */
const LAYERS = [
  'i18n.ts',
  'geometry',
  'text',
  'task-types',
  'doc',
  'tools',
  'commands',
  'timeline',
  'assist',
  'media',
  'view',
  'why',
  'ui',
  'sync',
  'grid',
  'app.ts',
];
/** `media` and `assist` stand side by side; there is no `assist` yet. */
const CORE = ['i18n.ts', 'geometry', 'text', 'task-types', 'doc', 'tools', 'commands', 'timeline'];
const FOR_UI_ONLY = /^(preact|@preact\/signals)(\/|$)/;

const files = readdirSync('src', { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name));

const importsOf = (file: string): string[] => {
  const text = readFileSync(`src/${file}`, 'utf8');
  return [...text.matchAll(/(?:from|import)\s+'([^']+)'/g)].map((match) => match[1] ?? '');
};

const layerOf = (file: string): string => file.split('/')[0] ?? '';

const resolved = (file: string, to: string): string => {
  const parts = file.split('/').slice(0, -1);
  for (const step of to.split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '.') parts.push(step);
  }
  return parts.join('/');
};

test('imports only point down the layers', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((to) => to.startsWith('.'))
      .map((to) => resolved(file, to))
      .filter((to) => LAYERS.indexOf(layerOf(to)) > LAYERS.indexOf(layerOf(file)))
      .map((to) => `${file} imports ${to}`),
  );
  assert.deepEqual(wrong, []);
});

test('every file belongs to a layer', () => {
  assert.deepEqual(
    files.filter((file) => !LAYERS.includes(layerOf(file)) && layerOf(file) !== 'api'),
    [],
  );
});

test('the core imports no Preact, and the view none either', () => {
  const wrong = files
    .filter((file) => [...CORE, 'assist', 'media', 'view'].includes(layerOf(file)))
    .filter((file) => importsOf(file).some((to) => FOR_UI_ONLY.test(to)));
  assert.deepEqual(wrong, []);
});

test('nobody outside the seam names a task type', () => {
  const wrong = files
    .filter((file) => layerOf(file) !== 'task-types')
    .filter((file) => /'(bounding-box|(image|text|video)-classification)'/.test(readFileSync(`src/${file}`, 'utf8')));
  assert.deepEqual(wrong, []);
});

test('no file is longer than 400 lines', () => {
  const long = files
    .filter((name) => !name.endsWith('.gen.ts'))
    .filter((file) => readFileSync(`src/${file}`, 'utf8').split('\n').length > 400);
  assert.deepEqual(long, []);
});

test('no markup carries a style attribute, which the content policy would refuse', () => {
  const wrong = files.filter((file) => /\sstyle=[{"]|setAttribute\('style'/.test(readFileSync(`src/${file}`, 'utf8')));
  assert.deepEqual(wrong, []);
});
