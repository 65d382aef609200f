"""Fieldwork: letters, replies, meetings, questionnaires that are sent, deliveries, and what goes wrong."""
