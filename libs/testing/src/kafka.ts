// A real Apache Kafka for tests, from what the machine has: brokers named in AR_TEST_KAFKA; a container where a Docker engine answers;
// else Java 17 with jars from Maven Central. Where none of it is there, the answer says what is missing.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GenericContainer, getContainerRuntimeClient, Wait, type StartedTestContainer } from 'testcontainers';
import { freePort } from './postgres.js';

export interface TestKafka {
  readonly brokers: string[];
  /** Whether it may be killed and paused; brokers that were given may not. */
  readonly ours: boolean;
  /** A name for a topic that no other test has. */
  topic(): string;
  /** Gone without a word (kill -9). */
  kill(): Promise<void>;
  /** Alive but silent: what is sent to it waits. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Back on the same port with the same data; answers when it is ready. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const IMAGE = 'apache/kafka:4.3.1';
const RUN = fileURLToPath(new URL('../../../deploy/local-kafka/run.sh', import.meta.url));
const NEEDS = 'Kafka: set AR_TEST_KAFKA=host:port, or start a Docker engine, or install Java 17 or newer and mvn';

export async function startKafka(): Promise<TestKafka | { readonly missing: string }> {
  const given = process.env['AR_TEST_KAFKA'];
  if (given) return theirs(given.split(','));
  if (await dockerAnswers()) return inDocker();
  if (await javaAndMaven()) return fromMavenCentral();
  return { missing: NEEDS };
}

const topic = () => `ar.test.${randomBytes(6).toString('hex')}`;

function theirs(brokers: string[]): TestKafka {
  const refuse = () => Promise.reject(new Error('the brokers of AR_TEST_KAFKA are not ours to stop'));
  return { brokers, ours: false, topic, kill: refuse, pause: refuse, resume: refuse, restart: refuse, stop: async () => undefined };
}

/** Whether there is a Docker engine to start a broker in. */
export const dockerAnswers = (): Promise<boolean> => getContainerRuntimeClient().then(() => true, () => false);

async function javaAndMaven(): Promise<boolean> {
  const run = promisify(execFile);
  try {
    const { stderr } = await run('java', ['-version']);
    await run('mvn', ['-v']);
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) >= 17;
  } catch {
    return false; // not installed
  }
}

/** A broker of Apache Kafka in a container, on a port of this machine; with `data`, in a folder of this machine that survives it. */
export async function kafkaContainer(port: number, data?: string): Promise<StartedTestContainer> {
  if (data) { await mkdir(data, { recursive: true }); await chmod(data, 0o777); } // the container's user is another
  return new GenericContainer(IMAGE)
    .withExposedPorts({ container: 9092, host: port })
    .withBindMounts(data ? [{ source: data, target: '/var/lib/kafka/data' }] : [])
    .withEnvironment({
      KAFKA_NODE_ID: '1', KAFKA_PROCESS_ROLES: 'broker,controller', KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093', KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER', KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT', KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1', KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1', KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1', KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
      ...(data ? { KAFKA_LOG_DIRS: '/var/lib/kafka/data' } : {}), KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0', KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false', KAFKA_BROKER_SESSION_TIMEOUT_MS: '2000', KAFKA_BROKER_HEARTBEAT_INTERVAL_MS: '500',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
}

async function inDocker(): Promise<TestKafka> {
  const port = await freePort();
  const started = await kafkaContainer(port);
  const container = (await getContainerRuntimeClient()).container.getById(started.getId());
  return {
    brokers: [`127.0.0.1:${port}`], ours: true, topic,
    kill: () => container.kill({ signal: 'KILL' }).then(() => undefined),
    pause: () => container.pause().then(() => undefined),
    resume: () => container.unpause().then(() => undefined),
    async restart() { await container.start(); await answersOn(port); },
    stop: () => started.stop().then(() => undefined),
  };
}

async function fromMavenCentral(): Promise<TestKafka> {
  const [data, port, controllerPort] = [await mkdtemp(join(tmpdir(), 'ar-kafka-')), await freePort(), await freePort()];
  const args = ['--data', data, '--port', String(port), '--controller-port', String(controllerPort)];
  const jars = process.env['AR_KAFKA_JARS'];
  if (jars) args.push('--jars', jars);
  let broker = await untilReady(args);
  const gone = (signal: NodeJS.Signals) => new Promise<void>((resolve) => {
    if (broker.exitCode !== null || broker.signalCode !== null) return resolve();
    broker.once('exit', () => resolve());
    broker.kill(signal);
  });
  const killAtExit = () => broker.kill('SIGKILL');
  process.once('exit', killAtExit);
  return {
    brokers: [`127.0.0.1:${port}`], ours: true, topic,
    kill: () => gone('SIGKILL'),
    async pause() { broker.kill('SIGSTOP'); await stopped(broker.pid!); },
    async resume() { broker.kill('SIGCONT'); },
    async restart() { broker = await untilReady(args); },
    async stop() {
      await gone('SIGKILL'); // works on a paused one too
      process.off('exit', killAtExit);
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** A signal that stops is on its way until every thread stands still: one of them may answer meanwhile. Where there is no /proc, a moment has to do. */
async function stopped(pid: number): Promise<void> {
  const stateOf = (stat: string) => { try { return /\) (\S)/.exec(readFileSync(stat, 'utf8'))?.[1]; } catch { return 'ended'; } }; // a thread may end while it is asked
  const states = () => readdirSync(`/proc/${pid}/task`).map((task) => stateOf(`/proc/${pid}/task/${task}/stat`));
  do await new Promise((again) => { setTimeout(again, 10); }); while (existsSync(`/proc/${pid}/task`) && states().some((state) => state !== 'T' && state !== 'ended'));
}

function untilReady(args: readonly string[]): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const broker = spawn(RUN, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    const hear = (chunk: Buffer) => {
      told = (told + chunk.toString()).slice(-4_000);
      if (!told.includes('Kafka Server started')) return;
      for (const out of [broker.stdout, broker.stderr]) out.removeListener('data', hear).resume();
      broker.removeAllListeners('exit');
      resolve(broker);
    };
    broker.stdout.on('data', hear);
    broker.stderr.on('data', hear);
    broker.once('error', reject);
    broker.once('exit', (code) => reject(new Error(`Kafka did not start (exit ${code}):\n${told}`)));
  });
}

/** Waits, at most a minute, until something listens on the port. */
async function answersOn(port: number): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1').once('connect', () => { socket.destroy(); resolve(true); }).once('error', () => resolve(false));
    });
    if (open) return;
  }
  throw new Error(`nothing listens on port ${port}`);
}
