import { launch } from '@ar/platform/launch.js';

await launch('invoicing', () => import('./invoicing.module.js'));
