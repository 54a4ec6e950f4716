"""What records were at an earlier moment, from the history that the triggers write."""


def events_of(model):
    """The model of the events of `model`: one row per insert, update and delete."""
    return model._meta.get_field("events").related_model


def as_of(model, moment, is_before=False, **lookup):
    """[event]: each record's last state at that moment, or right before it; those deleted by then left out."""
    until = {"pgh_created_at__lt" if is_before else "pgh_created_at__lte": moment}
    events = events_of(model).objects.filter(**lookup, **until)
    last = events.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return [event for event in last if event.pgh_label != "delete"]
