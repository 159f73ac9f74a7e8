import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf } from './check-structure.ts';

describe('check-structure', () => {
  const cases: { name: string; file: string; text: string; problem: RegExp | undefined }[] = [
    { name: 'a room that may be imported', file: 'src/client/a.ts', text: "import { b } from '../base/b.ts';\n", problem: undefined },
    { name: 'a room that may not', file: 'src/client/a.ts', text: "import { b } from '../storage/b.ts';\n", problem: /client may import only/ },
    { name: 'a type of such a room', file: 'src/base/a.ts', text: "import type { B } from '../client/b.ts';\n", problem: /base may import only nothing/ },
    { name: 'an import over several lines', file: 'src/base/a.ts', text: "import {\n  b,\n} from '../client/b.ts';\n", problem: /base may import/ },
    { name: 'a lazy import', file: 'src/cli/a.ts', text: "const b = await import('../kubelet/b.ts');\n", problem: /cli may import/ },
    { name: 'a room nobody knows', file: 'src/attic/a.ts', text: "import '../base/b.ts';\n", problem: /attic/ },
    { name: 'a sibling', file: 'src/controllers/job/a.ts', text: "import { b } from '../deployment/b.ts';\n", problem: /do not know one another/ },
    { name: 'what siblings share', file: 'src/controllers/job/a.ts', text: "import { b } from '../runtime/b.ts';\n", problem: undefined },
    { name: 'the list above siblings', file: 'src/controllers/builtin.ts', text: "import { b } from './job/b.ts';\n", problem: undefined },
    { name: 'a test, which may use any room', file: 'src/base/a.test.ts', text: "import { b } from '../cluster/b.ts';\n", problem: undefined },
    { name: 'tests from a source', file: 'src/cluster/a.ts', text: "import { b } from '../../test/b.ts';\n", problem: /not in src/ },
    { name: 'a file of 801 lines', file: 'src/base/a.ts', text: '\n'.repeat(801), problem: /801 lines/ },
    { name: 'a generated table of 2,000 lines', file: 'src/resources/types/core-v1.ts', text: '\n'.repeat(2000), problem: undefined },
    { name: 'utils.ts', file: 'src/base/utils.ts', text: '', problem: /named for nothing/ },
    { name: 'a folder of helpers', file: 'src/base/helpers/queue.ts', text: '', problem: /named for nothing/ },
  ];
  for (const { name, file, text, problem } of cases) {
    it(name, () => {
      const problems = problemsOf(file, text);
      if (problem === undefined) assert.deepEqual(problems, []);
      else assert.match(problems.join('\n'), problem);
    });
  }
});
