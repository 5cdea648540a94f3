"""Tablestore; every condition on stored state lives here."""
