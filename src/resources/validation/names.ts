/**
 * Checks of names and small texts, and the words they fail with. Each returns what is wrong; an empty list means nothing is.
 * The general ones live in apimachinery and are named here as this room calls them.
 */
export {
  checkConfigMapKey, checkDns1035Label, checkDns1123Label as checkDnsLabel, checkDns1123Subdomain as checkDnsSubdomain, checkDns1123SubdomainWithUnderscore as checkDnsSubdomainWithUnderscore,
  checkLabelValue, checkPathSegmentName,
  checkPortName, checkPortNumber, checkQualifiedName, checkRelaxedEnvVarName as checkEnvVarName, checkWildcardDns1123Subdomain as checkWildcardSubdomain,
} from '../../apimachinery/names.ts';

export const checkRange = (value: number, low: number, high: number): string[] =>
  value >= low && value <= high ? [] : [`must be between ${low} and ${high}, inclusive`];

export const notNegative = 'must be greater than or equal to 0';
export const positive = 'must be greater than 0';

/** '25%' */
export const isPercent = (value: string): boolean => /^[0-9]+%$/.test(value);
