"""Who is in the lab: recipes of honest clients and of distillers, as tables."""
