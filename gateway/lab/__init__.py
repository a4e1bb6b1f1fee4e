"""The detection benchmark of accounts: lives of tenants through the features and engine that run live, and figures."""
