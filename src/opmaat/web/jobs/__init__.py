"""Long work in the background: asked for once, done by a worker, with progress that a page shows.

How an app has long work done
-----------------------------
A file ``work.py`` in the app holds the functions, each under a name that begins with the app's::

    @job("preparation.import_register")
    def import_register(work: Work) -> Plain:
        for done, block in enumerate(blocks, start=1):
            write_block(block)                      # its own transaction
            work.progress(done, total)
        return {"households": 9_000}

and an action or view asks for it::

    job = enqueue(municipality=..., name="preparation.import_register", key=digest_of_the_file,
                  given={"upload": 3}, actor=account.actor, back=reverse("register"))
    return redirect("job", number=job.pk)

What holds
    The same ``name`` and ``key`` in a municipality is one job, however often it is asked for; one that failed
    is tried again. A worker holds a job for half a minute at a time and keeps saying so; a job whose worker
    died is taken up by another, and begins again. So a function must be able to run twice: what it wrote
    before is found, by its key, and not written again. ``given`` and what is returned are plain values
    without anything that tells who someone is.
Failing
    An :class:`~opmaat.core.errors.OpmaatError` ends the job with its issues, which the page shows. A database
    that cannot be reached leaves the job to be taken up again; anything else ends it, and is in the log.
Texts
    ``app.jobs.name`` is the title of the page, ``app.jobs.name_done`` what it says at the end, with what the
    function returned; ``app.problems.code`` the problem in the reader's language.
"""
