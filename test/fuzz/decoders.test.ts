/**
 * Every decoder under damaged input: whatever comes, it is read or refused in the decoder's own words. In the suite each gets 100,000
 * cases or two seconds, whichever is less; with `--full` all 100,000. K8TS_FUZZ_CASES asks for another number, without a limit of time;
 * K8TS_FUZZ_SEED for other cases. A failure names its case: K8TS_FUZZ_ONLY=<number> runs it alone.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { seededRandom } from '../../src/resources/schema/random-object.ts';
import { decoders, type Decoder } from './decoders.ts';
import { mutated } from './mutations.ts';

const { K8TS_FUZZ_CASES: asked, K8TS_FUZZ_SEED: seed = '1', K8TS_FUZZ_ONLY: only, K8TS_TEST_FULL: full } = process.env;
const cases = Number(asked ?? 100_000);
const budgetMs = asked !== undefined || full !== undefined ? Infinity : 2000;

function tryOne({ samples, read, refuses }: Decoder, number: number): void {
  const random = seededRandom(Math.imul(number + 1, 0x9e3779b1) ^ Number(seed));
  const input = mutated(samples, random);
  try {
    read(input);
  } catch (error) {
    if (!refuses(error)) assert.fail(`case ${number} of seed ${seed}, ${JSON.stringify(input.toString('latin1').slice(0, 2000))}: ${inspect(error)}`);
  }
}

for (const decoder of decoders) {
  test(`${decoder.name}: damaged input is read or refused`, (context) => {
    for (const sample of decoder.samples) assert.doesNotThrow(() => { try { decoder.read(sample); } catch (error) { if (!decoder.refuses(error)) throw error; } });
    if (only !== undefined) return tryOne(decoder, Number(only));
    const end = performance.now() + budgetMs;
    let number = 0;
    for (; number < cases && (number % 16 !== 0 || performance.now() < end); number++) tryOne(decoder, number);
    context.diagnostic(`${number} cases`);
    assert.ok(number > 0);
  });
}
