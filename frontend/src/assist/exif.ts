/** Tag of the orientation in a TIFF directory (Exif 2.32). */
const ORIENTATION = 0x0112;

const text = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(Math.max(0, from), Math.max(0, to)));

/** The orientation in the TIFF block that begins here; 1 where it says none. */
const inTiff = (bytes: Uint8Array, start: number, little: boolean): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const directory = start + view.getUint32(start + 4, little);
    const entries = view.getUint16(directory, little);
    for (let i = 0; i < entries; i += 1) {
      const entry = directory + 2 + 12 * i;
      if (view.getUint16(entry, little) === ORIENTATION) return view.getUint16(entry + 8, little);
    }
  } catch {
    // It ends too early.
  }
  return 1;
};

/**
 * The EXIF orientation that a JPEG, PNG or WebP file carries, 1 to 8; 1 where it carries none. Looks for the block itself (a TIFF
 * header right after "Exif", "eXIf" or "EXIF"), so that it need not know the three containers.
 */
export const exifOrientation = (bytes: Uint8Array): number => {
  for (let at = bytes.indexOf(0x2a); at >= 0; at = bytes.indexOf(0x2a, at + 1)) {
    const little = text(bytes, at - 2, at + 2) === 'II*\0';
    const big = !little && text(bytes, at - 3, at + 1) === 'MM\0*';
    if (!little && !big) continue;
    const start = at - (little ? 2 : 3);
    if (!/exif/i.test(text(bytes, start - 14, start))) continue;
    const found = inTiff(bytes, start, little);
    return found >= 1 && found <= 8 ? found : 1;
  }
  return 1;
};
