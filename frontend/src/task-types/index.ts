import type { TaskType } from './task-type.ts';

/** Every kind of question that this editor knows. A new one is a module beside these and a line here; a page loads its own. */
const KINDS: Readonly<Record<string, () => Promise<TaskType>>> = {
  'bounding-box': async () => (await import('./bounding-box.ts')).boundingBox,
  polygon: async () => (await import('./polygon.ts')).polygonType,
  polyline: async () => (await import('./polyline.ts')).polylineType,
  keypoint: async () => (await import('./keypoint.ts')).keypointType,
  ellipse: async () => (await import('./ellipse.ts')).ellipseType,
  'image-classification': async () => (await import('./image-classification.ts')).imageClassification,
  'image-classification-multilabel': async () =>
    (await import('./image-classification-multilabel.ts')).imageClassificationMultilabel,
  'instance-segmentation': async () => (await import('./instance-segmentation.ts')).instanceSegmentation,
  'named-entities': async () => (await import('./named-entities.ts')).namedEntities,
  'semantic-segmentation': async () => (await import('./semantic-segmentation.ts')).semanticSegmentation,
  'text-classification': async () => (await import('./text-classification.ts')).textClassification,
  'text-classification-multilabel': async () =>
    (await import('./text-classification-multilabel.ts')).textClassificationMultilabel,
  'video-object-detection': async () => (await import('./video-object-detection.ts')).videoObjectDetection,
  'video-object-tracking': async () => (await import('./video-object-tracking.ts')).videoObjectTracking,
  'video-classification': async () => (await import('./video-classification.ts')).videoClassification,
};

const loaded = new Map<string, TaskType>();

/** Bring a kind of question; undefined when this bundle does not know it. */
export const loadTaskType = async (name: string): Promise<TaskType | undefined> => {
  const type = await KINDS[name]?.();
  if (type !== undefined) loaded.set(name, type);
  return type;
};

/** All of them: for tests. */
export const loadTaskTypes = async (): Promise<readonly TaskType[]> => {
  await Promise.all(Object.keys(KINDS).map(loadTaskType));
  return Object.keys(KINDS).flatMap((name) => loaded.get(name) ?? []);
};

/** A kind that was loaded before. */
export const taskType = (name: string): TaskType | undefined => loaded.get(name);
