import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exifOrientation } from '../../src/assist/exif.ts';

/** A TIFF block whose only entry is the orientation. */
const tiff = (orientation: number, little: boolean): number[] => {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 1, little);
  view.setUint16(10, 0x0112, little);
  view.setUint16(12, 3, little);
  view.setUint32(14, 1, little);
  view.setUint16(18, orientation, little);
  return [...new Uint8Array(view.buffer)];
};

const letters = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const noise = Array.from({ length: 500 }, (_, i) => (i * 42) % 256);

for (const little of [true, false]) {
  for (const [container, before] of [
    ['JPEG', [0xff, 0xd8, 0xff, 0xe1, 0, 34, ...letters('Exif\0\0')]],
    ['PNG', [...noise, 0, 0, 0, 26, ...letters('eXIf')]],
    ['WebP', [...noise, ...letters('EXIF'), 26, 0, 0, 0]],
    ['WebP of some cameras', [...noise, ...letters('EXIF'), 32, 0, 0, 0, ...letters('Exif\0\0')]],
  ] as const) {
    test(`the orientation of a ${container} is read, ${little ? 'little' : 'big'} end first`, () => {
      for (let orientation = 1; orientation <= 8; orientation += 1) {
        assert.equal(exifOrientation(new Uint8Array([...before, ...tiff(orientation, little), ...noise])), orientation);
      }
    });
  }
}

test('without a block, with a broken one or an odd value a file is not turned', () => {
  const start = letters('Exif\0\0');
  assert.equal(exifOrientation(new Uint8Array(noise)), 1);
  assert.equal(exifOrientation(new Uint8Array([...start, ...tiff(6, true).slice(0, 12)])), 1);
  assert.equal(exifOrientation(new Uint8Array([...start, ...tiff(77, true)])), 1);
  assert.equal(exifOrientation(new Uint8Array(tiff(6, true))), 1);
  assert.equal(exifOrientation(new Uint8Array()), 1);
});
