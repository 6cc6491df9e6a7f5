/** What the lessons say and do. */
import type { Lesson } from '../lesson.ts';
import type { LessonId } from '../names.ts';
import { deepQ } from './deep-q.ts';
import { discount } from './discount.ts';
import { exploration } from './exploration.ts';
import { policyGradients } from './policy-gradients.ts';
import { policy } from './policy.ts';
import { rewardHacking } from './reward-hacking.ts';

export const CONTENT: Readonly<Record<LessonId, Lesson>> = {
  policy,
  exploration,
  discount,
  'deep-q': deepQ,
  'policy-gradients': policyGradients,
  'reward-hacking': rewardHacking,
};
