/** VolumeAttributesClasses. */
import type { KindCases } from '../kind-cases.ts';
import { volumeAttributesClassDefinition } from './volume-attributes-class.ts';

const cases: KindCases = {
  definition: volumeAttributesClassDefinition,
  base: { driverName: 'disk.example.com', parameters: { iops: '100' } },
  refused: [
    ['no driver', { driverName: '' }, ['driverName: Required value']],
    ['no parameters', { parameters: null }, ['parameters: Required value: must contain at least one key/value pair']],
    ['a parameter without a name', { parameters: { '': 'a' } }, ['parameters: Invalid value: "": field can not be empty.']],
  ],
  updates: [
    { name: 'labels', change: { metadata: { labels: { a: 'b' } } } },
    { name: 'the driver', change: { driverName: 'other.example.com' }, refused: ['driverName: Forbidden: updates to driverName are forbidden.'] },
    { name: 'parameters', change: { parameters: { iops: '200' } }, refused: ['parameters: Forbidden: updates to parameters are forbidden.'] },
  ],
};
export default cases;
