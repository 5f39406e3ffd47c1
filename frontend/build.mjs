// Builds the editor's bundle into the folder that Django serves static files from.
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, '..', 'labeling', 'pages', 'static', 'editor');

/** The bar of the plan: what a labeling page must load before the first object shows. */
const MOST_BYTES_GZIPPED = 60 * 1024;

const options = {
  absWorkingDir: here,
  entryPoints: { editor: 'src/app.ts' },
  outdir: target,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022'],
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'linked',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
};

/** Bytes gzipped of the editor and of what it can't start without; what it fetches later does not count. */
const firstLoad = async ({ outputs }) => {
  const byFile = new Map(Object.entries(outputs).map(([path, output]) => [path.split('/').at(-1), output]));
  const needed = new Set(['editor.js']);
  for (const name of needed) {
    for (const { path, kind } of byFile.get(name)?.imports ?? []) {
      if (kind === 'import-statement') needed.add(path.split('/').at(-1));
    }
  }
  const sizes = await Promise.all([...needed].map(async (name) => gzipSync(await readFile(join(target, name))).length));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
};

/** Workers are files of their own, fetched when they are first needed; classic ones, since GrabCut's loads a script. */
const workers = {
  ...options,
  entryPoints: Object.fromEntries(
    ['assist/livewire', 'assist/grabcut', 'assist/follow', 'media/film'].map((path) => [
      `${path.split('/')[1]}.worker`,
      `src/${path}.worker.ts`,
    ]),
  ),
  splitting: false,
  format: 'iife',
};

/** 13 MB that only who uses GrabCut loads; as it came, with its licence. */
const copyOpenCv = async () => {
  const from = join(here, 'node_modules', '@techstark', 'opencv-js');
  await copyFile(join(from, 'dist', 'opencv.js'), join(target, 'opencv.js'));
  await copyFile(join(from, 'LICENSE'), join(target, 'opencv.LICENSE.txt'));
};

if (process.argv.includes('--watch')) {
  await mkdir(target, { recursive: true });
  await copyOpenCv();
  for (const each of [options, workers]) await (await esbuild.context(each)).watch();
} else {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const [{ metafile }] = await Promise.all([
    esbuild.build({ ...options, metafile: true }),
    esbuild.build(workers),
    copyOpenCv(),
  ]);
  const size = await firstLoad(metafile);
  await writeFile(join(target, 'size.json'), `${JSON.stringify({ 'editor.js': size })}\n`);
  process.stdout.write(`editor.js: ${(size / 1024).toFixed(1)} KiB gzipped\n`);
  if (size > MOST_BYTES_GZIPPED) {
    process.stderr.write(`The bundle is over its bar of ${MOST_BYTES_GZIPPED / 1024} KiB.\n`);
    process.exitCode = 1;
  }
}
