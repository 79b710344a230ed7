"""Adapters: one folder a vendor, all behind `vendors.base`. A vendor never imports another."""
