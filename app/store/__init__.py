"""The till's memory: one SQLite file for what happens, one for the menu, a journal of what is unsent.

Open it with `Store.open`, work through `store.unit()` (writes) and `store.reader()` (reads):

    with store.unit() as uow:
        uow.sales.add(sale)
        uow.outbox.add(operation)
        uow.commit()

Any thread may use it except the one that paints. Writers follow each other, readers wait for nobody.
"""
