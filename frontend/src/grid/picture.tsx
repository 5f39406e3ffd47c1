import { useLayoutEffect, useRef } from 'preact/hooks';
import { orientedSize } from '../geometry/matrix.ts';
import { fitted, screenMatrix } from '../geometry/viewport.ts';
import { paint } from '../view/paint.ts';
import type { Tile } from './tiles.ts';

/** Wider or higher pictures are shown whole, with a margin: cutting them could cut off what is asked about. */
const UNIFORM = { least: 1.05, most: 1.7 };

/** A class for the whole may be judged with a little less at the edges; shapes are always shown whole. */
export const isCropped = ({ desk }: Tile): boolean => {
  const { width, height, orientation } = desk.question.media;
  const seen = orientedSize(orientation, { width, height });
  const ratio = seen.width / Math.max(1, seen.height);
  return desk.type.located === undefined && ratio >= UNIFORM.least && ratio <= UNIFORM.most;
};

/** The shapes over a picture that stands whole in the middle of its box, as the type draws them. */
const Shapes = ({ tile }: { readonly tile: Tile }) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      const density = window.devicePixelRatio || 1;
      element.width = Math.round(width * density);
      element.height = Math.round(height * density);
      const to = element.getContext('2d');
      if (to === null || width === 0) return;
      to.setTransform(density, 0, 0, density, 0, 0);
      to.clearRect(0, 0, width, height);
      const { desk } = tile;
      paint(to, desk, screenMatrix(fitted({ width, height }, desk.picture, 0, 1e6), desk.turned), null, null);
    };
    draw();
    const watch = new ResizeObserver(draw);
    watch.observe(element);
    return () => watch.disconnect();
  }, [tile]);
  return <canvas class="shapes" ref={canvas} />;
};

/** What a tile shows: the picture with its shapes, the text's beginning, a clip's first frame. */
export const Picture = ({ tile, large = false }: { readonly tile: Tile; readonly large?: boolean }) => {
  const { media } = tile.desk.question;
  if (media.kind === 'text') return <p class={large ? 'tile-text large' : 'tile-text'}>{media.text}</p>;
  const source = large && media.kind === 'image' ? tile.view : tile.thumbnail;
  return (
    <>
      {source !== null && (
        <img
          class={isCropped(tile) && !large ? 'photo cropped' : 'photo'}
          src={source}
          alt=""
          draggable={false}
          decoding="sync"
        />
      )}
      {tile.desk.type.located !== undefined && <Shapes tile={tile} />}
    </>
  );
};
