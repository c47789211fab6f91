import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = new ESLint({ cwd: root });
/** The rules that a file of that content would break there. */
const broken = async (file: string, code: string) => {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  return result!.messages.map((m) => m.ruleId);
};

describe('the rules of the repository, each with a violation', () => {
  it.each([
    ['a service imports another', 'ar/boundaries', 'services/credit/src/x.ts', `import { invoice } from '../../invoicing/src/domain/invoice.js';\nexport const y = invoice;\n`],
    ['a service imports another by name', 'ar/boundaries', 'services/credit/src/x.ts', `import { invoice } from '@ar/invoicing/domain/invoice.js';\nexport const y = invoice;\n`],
    ['a library imports to the right', 'ar/boundaries', 'libs/event-store/src/x.ts', `import type { Service } from '@ar/runtime/forms.js';\nexport type Y = Service;\n`],
    ['a service reaches for the store', 'ar/boundaries', 'services/credit/src/x.ts', `import { append } from '@ar/event-store/store.js';\nexport const y = append;\n`],
    ['a tool imports a service', 'ar/boundaries', 'tools/src/x.ts', `import { credit } from '../../services/credit/src/credit.service.js';\nexport const y = credit;\n`],
    ['a domain file imports the runtime', 'ar/pure-domain', 'services/credit/src/domain/x.ts', `import type { Tx } from '@ar/runtime/forms.js';\nexport type Y = Tx;\n`],
    ['a domain file imports generated code', 'ar/pure-domain', 'services/credit/src/domain/x.ts', `import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';\nexport type Y = Amount;\n`],
    ['a domain file imports Nest', 'ar/pure-domain', 'services/credit/src/domain/x.ts', `import { Injectable } from '@nestjs/common';\nexport const y = Injectable;\n`],
    ['a domain file imports SQL', 'ar/pure-domain', 'services/credit/src/domain/x.ts', `import pg from 'pg';\nexport const y = pg;\n`],
    ['a domain switch has a default', 'no-restricted-syntax', 'services/credit/src/domain/x.ts', `export const y = (a: number) => { switch (a) { case 1: return 1; default: return 2; } };\n`],
    ['a domain file reads the clock', 'no-restricted-syntax', 'libs/domain/src/x.ts', `export const y = () => Date.now();\n`],
    ['a domain file makes a date of now', 'no-restricted-syntax', 'libs/domain/src/x.ts', `export const y = () => new Date();\n`],
    ['a domain file throws dice', 'no-restricted-syntax', 'libs/domain/src/x.ts', `export const y = () => Math.random();\n`],
    ['a domain file reads a float', 'no-restricted-syntax', 'libs/domain/src/x.ts', `export const y = (t: string) => parseFloat(t);\n`],
    ['a barrel file', 'ar/no-barrels', 'libs/domain/src/index.ts', `export const y = 1;\n`],
    ['a barrel export', 'ar/no-barrels', 'libs/domain/src/x.ts', `export * from './money.js';\n`],
    ['a folder that says nothing', 'ar/telling-folders', 'services/credit/src/utils/x.ts', `export const y = 1;\n`],
    ['a service knows of the log', 'ar/no-machinery', 'services/credit/src/x.ts', `export const partition = 1;\n`],
    ['a test that is left out', 'no-restricted-syntax', 'services/credit/src/x.spec.ts', `import { it } from '@jest/globals';\nit.skip('x', () => undefined);\n`],
  ])('%s', async (_what, rule, file, code) => expect(await broken(file, code)).toContain(rule));

  it('leave a clean file alone', async () => expect(await broken('services/credit/src/domain/x.ts', `import { daysAfter } from '@ar/domain/day.js';\nexport const y = daysAfter;\n`)).toEqual([]));
  it('let a test of the whole start a service', async () => expect(await broken('tools/src/x.world.ts', `import { credit } from '../../services/credit/src/credit.service.js';\nexport const y = credit;\n`)).toEqual([]));
});
