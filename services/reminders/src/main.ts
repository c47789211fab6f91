import { launch } from '@ar/platform/launch.js';

await launch('reminders', () => import('./reminders.module.js'));
