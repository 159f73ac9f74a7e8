/** ServiceCIDRs. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { serviceCidrDefinition } from './service-cidr.ts';

const cidrs = (...list: string[]): Patch => ({ spec: { cidrs: list } });

const cases: KindCases = {
  definition: serviceCidrDefinition,
  base: cidrs('10.200.0.0/24'),
  accepted: [['both families', cidrs('10.200.0.0/24', 'fd00:1::/112')]],
  refused: [
    ['none', cidrs(), ['spec.cidrs: Required value: at least one CIDR required']],
    ['three', cidrs('10.200.0.0/24', '10.201.0.0/24', '10.202.0.0/24'), ['spec.cidrs: Invalid value: {"cidrs":["10.200.0.0/24","10.201.0.0/24","10.202.0.0/24"]}: may only hold up to 2 values']],
    ['two of a family', cidrs('10.200.0.0/24', '10.201.0.0/24'), ['spec.cidrs: Invalid value: ["10.200.0.0/24","10.201.0.0/24"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64']],
    ['a network in an unusual form', cidrs('FD00:1::/112'), ['spec.cidrs[0]: Invalid value: "FD00:1::/112": must be in canonical form ("fd00:1::/112")']],
    ['an address', cidrs('10.200.0.0'), ['spec.cidrs[0]: Invalid value: "10.200.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  ],
  updates: [
    { name: 'the other family comes', change: cidrs('10.200.0.0/24', 'fd00:1::/112') },
    { name: 'another network', change: cidrs('10.201.0.0/24'), refused: ['spec.cidrs[0]: Invalid value: "10.201.0.0/24": field is immutable'] },
    { name: 'a family goes', before: cidrs('10.200.0.0/24', 'fd00:1::/112'), change: cidrs('10.200.0.0/24'), refused: ['spec.cidrs: Invalid value: ["10.200.0.0/24"]: field is immutable'] },
  ],
};
export default cases;
