"""The website: Django apps on one append-only journal of events.

How an app is built
-------------------
An app is a folder with at most these files; each imports only what stands to the right of it::

    urls > views > forms > actions > queries > policies > models

models
    Tables. Every one that holds something of a municipality is an
    :class:`~opmaat.web.journal.models.OfMunicipality`, and is reached through
    ``Model.objects.of(municipality)`` only; tables that never change are
    :class:`~opmaat.web.journal.models.AppendOnly` as well.
policies
    "May this happen now": pure functions. "May this person" is the table in ``accounts/permissions.py``.
queries
    Reading: plain functions that return frozen values or querysets.
actions
    Writing: keyword-only functions, each one transaction. What happened to a household is written by
    :func:`opmaat.web.journal.actions.record` and by nothing else; it checks the event against the
    household's history, and then every read model that follows is made anew (``journal/projections.py``).
forms, views, urls
    A view names what it needs, ``@needs(Thing.OWN_PART, Action.READ)``; without that nobody can open it.
    Views hold no rules and no texts: ``{% say "trial.arm.title" %}`` takes a text from the app's
    ``texts/nl.yaml`` and ``texts/en.yaml``, where a :class:`~opmaat.web.theme.forms.ThemedForm` finds its
    labels as well.

Apps stand on each other in one order, ``journal < accounts < people < trial < casework | surveys``, and
reach the engine through :mod:`opmaat.web.gateway` only. The day comes from :mod:`opmaat.web.clock`. A new app
is added to ``INSTALLED_APPS`` in ``settings/base.py``, to ``urls.py``, and, with what its pages are about, to
the permission table; the tests of the permission matrix then cover its pages by themselves.
"""
