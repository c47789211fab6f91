import { launch } from '@ar/platform/launch.js';

await launch('collections', () => import('./collections.module.js'));
