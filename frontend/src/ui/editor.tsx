import { useEffect } from 'preact/hooks';
import type { Desk } from '../commands/desk.ts';
import { t } from '../i18n.ts';
import { WholeObject } from './attributes.tsx';
import { LabelBar, Rail } from './bars.tsx';
import { Drawer } from './drawer.tsx';
import { listenToKeys } from './keyboard.ts';
import { Late } from './late.tsx';
import { NothingOpen, Notices, Toast } from './messages.tsx';
import { OpenPanel } from './panels.tsx';
import { ProposalList } from './proposal-list.tsx';
import type { Opened, Room } from './room.ts';
import { Stage } from './stage.tsx';
import { SubmitBox } from './submit-box.tsx';
import { hasThings, SelectedThing, Things } from './things.tsx';
import { TopBar } from './top-bar.tsx';

const titles = (): Record<string, string> => ({
  image: t('Label this picture'),
  text: t('Label this text'),
  video: t('Label this clip'),
});

const Panel = ({ room, opened }: { readonly room: Room; readonly opened: Opened }) => {
  const { desk } = opened;
  const things = hasThings(desk.type);
  return (
    <aside class="panel" aria-label={things ? t('Objects and attributes') : t('Class and attributes')}>
      <div class="scroll">
        <Things room={room} desk={desk} />
        <ProposalList desk={desk} />
        <WholeObject room={room} desk={desk} />
      </div>
      {things && <SelectedThing room={room} desk={desk} />}
      <SubmitBox room={room} opened={opened} />
    </aside>
  );
};

/** What a screen reader hears of changes in the picture. */
const Said = ({ desk }: { readonly desk: Desk }) => (
  <p class="vh" aria-live="polite" id="said">
    {desk.said.value}
  </p>
);

const loadFoot = () => import('./video-foot.tsx').then(({ VideoFoot }) => VideoFoot);

const Work = ({ room, opened }: { readonly room: Room; readonly opened: Opened }) => {
  const { desk, source } = opened;
  return (
    <>
      {desk.type.located !== undefined && <Rail room={room} desk={desk} />}
      <LabelBar room={room} desk={desk} />
      <Stage key={opened.assignment} room={room} opened={opened} />
      {(source.kind === 'video' || source.kind === 'film') && (
        <div class="foot">
          <Late load={loadFoot} props={{ room, opened }} quiet />
        </div>
      )}
      <Panel room={room} opened={opened} />
      <Said desk={desk} />
    </>
  );
};

/** Nothing for the first moments, then the shape of what comes. */
const Waiting = () => (
  <div class="stage-wrap" aria-busy="true">
    <span class="skeleton stage-skeleton late" role="status" aria-label={t('Loading')} />
  </div>
);

const Body = ({ room }: { readonly room: Room }) => {
  const opened = room.opened.value;
  if (room.phase.value === 'loading') return <Waiting />;
  if (opened === null) return <NothingOpen room={room} />;
  return <Work room={room} opened={opened} />;
};

export const Editor = ({ room }: { readonly room: Room }) => {
  const opened = room.opened.value;
  useEffect(() => listenToKeys(room, () => document.getElementById('stage')), [room]);
  const kind = opened?.desk.question.media.kind ?? 'image';
  const classes = [
    'editor',
    opened?.desk.type.located === undefined && 'no-rail',
    opened === null && 'no-panel',
    room.reading.value && room.instructions !== null && 'with-drawer',
  ];
  return (
    <main class={classes.filter(Boolean).join(' ')} id="main">
      <h1 class="vh">{titles()[kind]}</h1>
      <TopBar room={room} />
      <Body room={room} />
      <Drawer room={room} />
      <Notices room={room} />
      <Toast room={room} />
      <OpenPanel room={room} opened={opened} />
    </main>
  );
};
