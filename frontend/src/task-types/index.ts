import { boundingBox } from './bounding-box.ts';
import { ellipseType } from './ellipse.ts';
import { imageClassification } from './image-classification.ts';
import { imageClassificationMultilabel } from './image-classification-multilabel.ts';
import { keypointType } from './keypoint.ts';
import { polygonType } from './polygon.ts';
import { polylineType } from './polyline.ts';
import type { TaskType } from './task-type.ts';
import { textClassification } from './text-classification.ts';
import { textClassificationMultilabel } from './text-classification-multilabel.ts';
import { videoClassification } from './video-classification.ts';

/** Every kind of question that this editor knows. A new one is a module beside these and a line here. */
export const TASK_TYPES: readonly TaskType[] = [
  boundingBox,
  imageClassification,
  imageClassificationMultilabel,
  polygonType,
  polylineType,
  keypointType,
  ellipseType,
  textClassification,
  textClassificationMultilabel,
  videoClassification,
];

export const taskType = (name: string): TaskType | undefined => TASK_TYPES.find((type) => type.name === name);
