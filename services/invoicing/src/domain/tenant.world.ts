// The least that a tenant may say about itself, for tests to differ from.
import type { TenantDetails } from './tenant.js';

export const detailsOf = (more: Partial<TenantDetails> = {}): TenantDetails => ({
  legalName: 'Seller', taxId: '', iban: '', sender: '', series: [], bic: '', registration: '', electronicAddress: '', contactName: '', contactPhone: '', contactEmail: '', logo: '', headerText: '', footerText: '', ...more,
});
