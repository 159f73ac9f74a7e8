/** ControllerRevisions. */
import type { KindCases } from '../kind-cases.ts';
import { controllerRevisionDefinition } from './controller-revision.ts';

const cases: KindCases = {
  definition: controllerRevisionDefinition,
  base: { data: { a: 1 }, revision: 1 },
  refused: [
    ['nothing kept', { data: null }, ['data: Required value: data is mandatory']],
    ['a number below zero', { revision: -1 }, ['revision: Invalid value: -1: must be greater than or equal to 0']],
  ],
  updates: [
    { name: 'its number', change: { revision: 2 } },
    { name: 'not its data', change: { data: { a: 2 } }, refused: ['data: Invalid value: {"a":2}: field is immutable'] },
  ],
};
export default cases;
