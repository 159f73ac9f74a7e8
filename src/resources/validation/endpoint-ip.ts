/** Addresses that traffic may be sent to. Upstream: pkg/apis/core/validation/validation.go (ValidateEndpointIP) */
import { invalid, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';

/** Addresses that mean something else on every host cannot be endpoints. */
export function validateReachable(ip: string, path: FieldPath): FieldError[] {
  if (ip === '0.0.0.0' || ip === '::') return [invalid(path, ip, `may not be unspecified (${ip})`)];
  if (ip.startsWith('127.') || ip === '::1') return [invalid(path, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
  if (ip.startsWith('169.254.') || /^fe[89ab]/i.test(ip)) return [invalid(path, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')];
  if (/^224\.0\.0\./.test(ip) || /^ff[01]2:/i.test(ip)) return [invalid(path, ip, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')];
  return [];
}
