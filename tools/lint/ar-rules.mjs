// Rules of this repository that no published rule says.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = (context) => relative(root, context.filename).replaceAll('\\', '/');

/** What may be imported by whom: only to the left. */
const mayImport = {
  domain: [], contracts: [], 'event-store': ['domain'], 'event-log': ['domain'],
  runtime: ['domain', 'contracts', 'event-store', 'event-log'],
  platform: ['domain', 'contracts', 'event-store', 'event-log', 'runtime'],
  testing: ['domain', 'contracts', 'event-store', 'event-log', 'runtime'],
  service: ['domain', 'contracts', 'runtime', 'platform'],
  tools: ['domain', 'contracts', 'event-store', 'event-log', 'runtime', 'platform', 'testing'],
};
/** Tests may start the real parts. */
const testsMayImport = ['testing', 'event-store', 'event-log'];
const isTest = (file) => /\.(spec|world)\.ts$/.test(file);
/** Tests of the whole start every service in one process, and measurements what they measure; nothing else sees a service from inside. */
const looksAtTheWhole = (file, target) => file.startsWith('tools/') && (isTest(file) || file.startsWith('tools/src/bench-')) && target.startsWith('services/');

function areaOf(file) {
  const [top, name] = file.split('/');
  if (top === 'libs') return { kind: name, root: `libs/${name}/` };
  if (top === 'services') return { kind: 'service', root: `services/${name}/` };
  return top === 'tools' ? { kind: 'tools', root: 'tools/' } : undefined;
}

const onImports = (check) => (context) => {
  const visit = (node) => { if (node.source) check(context, node, String(node.source.value)); };
  return { ImportDeclaration: visit, ExportNamedDeclaration: visit, ExportAllDeclaration: visit, ImportExpression: (node) => { if (node.source.type === 'Literal') check(context, node, String(node.source.value)); } };
};

const up = (file, specifier) => {
  const parts = file.split('/').slice(0, -1);
  for (const part of specifier.split('/')) { if (part === '..') parts.pop(); else if (part !== '.') parts.push(part); }
  return parts.join('/');
};

export default {
  rules: {
    boundaries: {
      meta: { type: 'problem', schema: [] },
      create: onImports((context, node, specifier) => {
        const file = here(context);
        const area = areaOf(file);
        if (!area) return;
        if (specifier.startsWith('.')) {
          const target = up(file, specifier);
          if (!target.startsWith(area.root) && !looksAtTheWhole(file, target)) context.report({ node, message: `${specifier} leaves ${area.root}: services meet only in proto/ and the log, libraries by their names.` });
          return;
        }
        const lib = /^@ar\/([^/]+)\//.exec(`${specifier}/`)?.[1];
        if (lib === undefined || (areaOf(file).kind === lib)) return;
        const allowed = [...(mayImport[area.kind] ?? []), ...(isTest(file) ? testsMayImport : [])];
        if (!allowed.includes(lib)) context.report({ node, message: `${area.kind} may not import @ar/${lib}: imports go only to the left.` });
      }),
    },
    'pure-domain': {
      meta: { type: 'problem', schema: [] },
      create: onImports((context, node, specifier) => {
        const file = here(context);
        const own = file.startsWith('libs/domain/');
        if (own ? specifier.startsWith('./') || ['currency-codes', 'date-holidays', 'node:crypto'].includes(specifier) : specifier.startsWith('./') || specifier.startsWith('@ar/domain/')) return;
        context.report({ node, message: `A domain file imports only ./… and @ar/domain: not ${specifier}.` });
      }),
    },
    'no-barrels': {
      meta: { type: 'problem', schema: [] },
      create: (context) => ({
        Program: (node) => { if (/(^|\/)index\.[cm]?ts$/.test(here(context))) context.report({ node, message: 'No barrels: the import names the file.' }); },
        ExportAllDeclaration: (node) => context.report({ node, message: 'No barrels: the import names the file.' }),
      }),
    },
    'telling-folders': {
      meta: { type: 'problem', schema: [] },
      create: (context) => ({ Program: (node) => { if (/(^|\/)(common|utils?|helpers?|core|misc)(\/|\.)/.test(here(context))) context.report({ node, message: 'This name says nothing about what is in it.' }); } }),
    },
    'no-machinery': {
      meta: { type: 'problem', schema: [] },
      create: (context) => ({
        Identifier: (node) => { if (/^(partition|sequence|mark|cursor|kafka)s?$/i.test(node.name)) context.report({ node, message: `${node.name} belongs to the runtime, not to a service.` }); },
      }),
    },
  },
};
