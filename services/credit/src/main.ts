import { launch } from '@ar/platform/launch.js';

await launch('credit', () => import('./credit.module.js'));
