import { launch } from '@ar/platform/launch.js';

await launch('payments', () => import('./payments.module.js'));
