// What holds of all protos: checked on the image that reflection serves, and by buf with the settings of this repository.
import { afterAll, describe, expect, it } from '@jest/globals';
import { fromBinary } from '@bufbuild/protobuf';
import { type DescriptorProto, type FileDescriptorProto, FieldDescriptorProto_Type as Type, FileDescriptorSetSchema, MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imageBytes } from './image.js';
import { registry, schemaName, type EventType } from './registry.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ours = fromBinary(FileDescriptorSetSchema, imageBytes()).file.filter((file) => file.package.startsWith('ar.'));
const withNested = (messages: readonly DescriptorProto[]): readonly DescriptorProto[] => messages.flatMap((m) => [m, ...withNested(m.nestedType)]);
const messagesOf = (files: readonly FileDescriptorProto[]) => files.flatMap((file) => withNested(file.messageType).map((message) => ({ name: `${file.package}.${message.name}`, message })));
const floatsOf = (files: readonly FileDescriptorProto[]) => messagesOf(files).flatMap(({ name, message }) => message.field.filter(({ type }) => type === Type.FLOAT || type === Type.DOUBLE).map((field) => `${name}.${field.name}`));
const named = new Map(messagesOf(ours).map(({ name, message }) => [`.${name}`, message]));
const methods = ours.flatMap((file) => file.service.flatMap((service) => service.method.map((method) => ({ package: file.package, name: `${file.package}.${service.name}/${method.name}`, method }))));
const fieldsOf = (type: string) => named.get(type)!.field.map((field) => field.name);
const isCommand = ({ method }: (typeof methods)[number]) => method.options?.idempotencyLevel === Level.IDEMPOTENT;

describe('the events of the protos', () => {
  const events = ours.filter((file) => file.name.endsWith('/events.proto')).flatMap((file) => file.messageType.map((message) => ({ name: `${file.package}.${message.name}`, message })));

  it('are the events of the registry, each under its own name', () =>
    expect((Object.keys(registry) as EventType[]).map(schemaName).sort()).toEqual(events.map(({ name }) => name).sort()));

  it('have their message and their owner from the package they are in', () => {
    for (const [type, { owner, message }] of Object.entries(registry)) {
      expect(type.split('.')[1]).toBe(owner);
      expect((message.toJSON as (m: unknown) => unknown)(message.fromJSON({}))).toEqual({});
    }
  });

  it('are personal if and only if they have pii', () =>
    expect((Object.keys(registry) as EventType[]).filter((type) => registry[type].classification === 'personal').map(schemaName).sort())
      .toEqual(events.filter(({ message }) => message.field.some(({ name }) => name === 'pii')).map(({ name }) => name).sort()));

  it('name the tenant or the customer that they concern', () => {
    for (const [type, { concerns }] of Object.entries(registry)) expect([type, fieldsOf(`.${schemaName(type as EventType)}`)]).toEqual([type, expect.arrayContaining([`${concerns}_id`])]);
  });
});

describe('the filters of lists', () => {
  const filters = readdirSync(`${root}/proto/ar`, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.proto')).flatMap((f) => [...readFileSync(`${root}/proto/ar/${f}`, 'utf8').matchAll(/^(.*)\n +string filter = \d+;/gm)].map((m) => [f, m[1]!] as const));
  it('say where their grammar is', () => { expect(filters.length).toBeGreaterThan(30); expect(filters.filter(([, comment]) => !comment.endsWith('How filters read: proto/README.md.'))).toEqual([]); });
});

describe('the protos', () => {
  it('have no float', () => expect(floatsOf(ours)).toEqual([]));

  it('say of every call whether it changes anything', () =>
    expect(methods.filter(({ method }) => !method.options?.idempotencyLevel).map(({ name }) => name)).toEqual([]));

  it('give every command a tenant, a request id, an actor and a position, and every answer a version and a position', () => {
    for (const { name, method } of methods.filter((m) => isCommand(m) && m.package !== 'ar.ops.v1' && m.method.name !== 'Batch')) {
      if (method.name === 'ReceiveProviderNotice') continue; // who it is from, and which it is, is signed within it
      if (method.clientStreaming) continue; // what a command carries is in the first of its messages, below
      expect([name, fieldsOf(method.inputType)]).toEqual([name, expect.arrayContaining(['tenant_id', 'request_id', 'actor', 'expected_version', 'min_position'])]);
      expect([name, fieldsOf(method.outputType)]).toEqual([name, expect.arrayContaining(['version', 'position'])]);
    }
  });

  it('give every upload, in its first message, what a command carries', () => {
    for (const { name, method } of methods.filter((m) => m.method.clientStreaming)) {
      expect([name, fieldsOf(method.inputType)]).toEqual([name, ['start', 'chunk']]);
      expect([name, fieldsOf(named.get(method.inputType)!.field[0]!.typeName)]).toEqual([name, expect.arrayContaining(['tenant_id', 'request_id', 'actor', 'reason', 'min_position'])]);
      expect([name, fieldsOf(method.outputType)]).toEqual([name, expect.arrayContaining(['position'])]);
    }
  });

  it('let every query wait for a position', () => {
    for (const { name, method } of methods.filter((m) => !isCommand(m) && m.package !== 'ar.ops.v1')) expect([name, fieldsOf(method.inputType)]).toEqual([name, expect.arrayContaining(['tenant_id', 'min_position'])]);
  });

  it('let every report be about a past, and echo it with a control total', () => {
    for (const { name, method } of methods.filter(({ method }) => fieldsOf(method.inputType).includes('as_of'))) {
      const answer = method.name === 'GetAging' ? [...fieldsOf(method.outputType), ...fieldsOf('.ar.payments.v1.Aging')] : fieldsOf(method.outputType);
      expect([name, answer]).toEqual([name, expect.arrayContaining(['as_of', expect.stringMatching(/^control_totals?$/)])]);
    }
  });

  it('take every command in a batch, except those after which a tenant or a day begins, uploads, and what others sign', () => {
    const alone = ['RegisterTenant', 'OpenBusinessDay', 'ReceiveProviderNotice'];
    for (const owner of new Set(Object.values(registry).map((r) => r.owner))) {
      const commands = methods.filter((m) => m.package === `ar.${owner}.v1` && isCommand(m) && m.method.name !== 'Batch' && !m.method.clientStreaming && !alone.includes(m.method.name)).map(({ method }) => method.inputType);
      expect(named.get(`.ar.${owner}.v1.BatchItem`)!.field.map((field) => field.typeName).sort()).toEqual(commands.sort());
    }
  });
});

describe('buf, with the settings of this repository', () => {
  const folder = mkdtempSync(join(tmpdir(), 'protos-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const buf = (cwd: string, ...args: readonly string[]) => spawnSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args], { cwd, encoding: 'utf8' });
  const EVENTS = 'ar/invoicing/v1/events.proto';
  const copyWith = (change: (text: string) => string, of = EVENTS): string => {
    const copy = mkdtempSync(join(folder, 'copy-'));
    for (const part of ['buf.yaml', 'proto', 'third_party']) cpSync(join(root, part), join(copy, part), { recursive: true });
    const file = join(copy, 'proto', of);
    const before = readFileSync(file, 'utf8');
    expect(change(before)).not.toBe(before);
    writeFileSync(file, change(before));
    return copy;
  };
  const finds = (result: ReturnType<typeof buf>, text: string) => {
    expect(result.status).not.toBe(0);
    expect(result.stdout + result.stderr).toContain(text);
  };

  it('finds nothing', () => {
    for (const args of [['lint'], ['format', '--diff', '--exit-code', 'proto'], ['breaking', 'proto', '--against', 'proto/baseline.binpb']]) {
      const { status, stdout, stderr } = buf(root, ...args);
      expect({ args, status, stdout, stderr }).toEqual({ args, status: 0, stdout: '', stderr: '' });
    }
  });

  it('finds a field without a comment', () =>
    finds(buf(copyWith((events) => events.replace('  // Legal number, gapless in its series.\n', '')), 'lint'), 'should have a non-empty comment'));

  it('makes an image in which a float is found', () => {
    const copy = copyWith((events) => events.replace('message BusinessDayOpened {', 'message BusinessDayOpened {\n  // The moon.\n  double moon = 99;'));
    expect(buf(copy, 'build', 'proto', '--as-file-descriptor-set', '-o', 'image.binpb').stderr).toBe('');
    expect(floatsOf(fromBinary(FileDescriptorSetSchema, readFileSync(join(copy, 'image.binpb'))).file)).toEqual(['ar.invoicing.v1.BusinessDayOpened.moon']);
  });

  it('finds a line that is not where it belongs', () =>
    finds(buf(copyWith((events) => events.replace('message BusinessDayOpened {', 'message BusinessDayOpened  {')), 'format', '--diff', '--exit-code', 'proto'), 'BusinessDayOpened  {'));

  it('finds a comment that switches a rule off', () =>
    finds(buf(copyWith((events) => events.replace('  // Legal number, gapless in its series.\n  string number', '  // buf:lint:ignore FIELD_LOWER_SNAKE_CASE\n  string Number')), 'lint'), 'lower_snake_case'));

  /** What the copy breaks of the last release. It is `proto` that is compared: without a name buf takes both modules, two images against one, and judges nothing. */
  const breaks = (copy: string) => {
    const { status, stdout, stderr } = buf(copy, 'breaking', 'proto', '--against', join(root, 'proto/baseline.binpb'), '--error-format', 'json');
    const rules = stdout.split('\n').filter((line) => line !== '').map((line) => (JSON.parse(line) as { readonly type: string }).type);
    return { rules, stderr, passed: status === 0 };
  };
  const CREDIT = 'ar/credit/v1/credit.proto';
  const CALLS = 'ar/invoicing/v1/invoice_service.proto';

  // WIRE_JSON: what is on the wire in events. FILE: what callers compile against.
  it.each([
    ['a field of an event with another name', EVENTS, 'string issue_date = 5;', 'string issued_on = 5;', 'FIELD_SAME_NAME'],
    ['a field of an event with another JSON name alone', EVENTS, 'string issue_date = 5;', 'string issue_date = 5 [json_name = "issued_on"];', 'FIELD_SAME_JSON_NAME'],
    ['a field of an event with another type', EVENTS, 'int32 terms_policy_version = 17;', 'string terms_policy_version = 17;', 'FIELD_WIRE_JSON_COMPATIBLE_TYPE'],
    ['a field of an event that is gone, its number still free', EVENTS, '  // Date of issue.\n  string issue_date = 5;\n', '', 'FIELD_NO_DELETE_UNLESS_NAME_RESERVED'],
    ['a value of an enum in events with another name', CREDIT, 'CREDIT_LIMIT_KIND_UNLIMITED = ', 'CREDIT_LIMIT_KIND_INFINITE = ', 'ENUM_VALUE_SAME_NAME'],
    ['an event that is gone', EVENTS, 'message BusinessDayOpened {', 'message BusinessDayBegun {', 'MESSAGE_NO_DELETE'],
    ['a call that is gone', CALLS, 'rpc VoidInvoice(VoidInvoiceRequest)', 'rpc AnnulInvoice(VoidInvoiceRequest)', 'RPC_NO_DELETE'],
    ['a field of a request with another type', CALLS, 'string request_id = 2;', 'bytes request_id = 2;', 'FIELD_SAME_TYPE'],
  ])('finds %s', (_what, file, text, instead, rule) => {
    const { rules, passed } = breaks(copyWith((before) => before.replace(text, instead), file));
    expect(rules).toContain(rule);
    expect(passed).toBe(false);
  });

  it('lets a release add fields', () =>
    expect(breaks(copyWith((events) => events.replace('message BusinessDayOpened {', 'message BusinessDayOpened {\n  // The moon.\n  string moon = 99;')))).toEqual({ rules: [], stderr: '', passed: true }));
});
