"""Texts of Django, django-filter and allauth that their own translations lack, or say otherwise than we do.

Never called: the functions are here so that `manage.py messages` keeps these texts in locale/, where
they are translated like ours. When a release of Django brings a translation, its line can go.
"""

# ruff: noqa: E501
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext


def django(n):
    return [
        _("Central Kurdish (Sorani)"),
        _("Igbo"),
        _("Kyrgyz"),
        _("Malay"),
        _("Tajik"),
        _("Turkmen"),
        _("Uyghur"),
        _("Uzbek"),
        _("Enter a valid domain name."),
        _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
        _("Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens."),
        _("Enter a valid %(protocol)s address."),
        _("IPv4"),
        _("IPv6"),
        _("IPv4 or IPv6"),
        _("Ensure this value is a multiple of step size %(limit_value)s."),
        _(
            "Ensure this value is a multiple of step size %(limit_value)s, starting from %(offset)s, e.g. %(offset)s, %(valid_value1)s, %(valid_value2)s, and so on."
        ),
        _("File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s."),
        _("Constraint “%(name)s” is violated."),
        _("“%(value)s” value must be either True, False, or None."),
        _("String (unlimited)"),
        _("“%(value)s” value has an invalid format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format."),
        _(
            "“%(value)s” value has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid date/time."
        ),
        _("“%(value)s” value must be a decimal number."),
        _("“%(value)s” value has an invalid format. It must be in [DD] [[HH:]MM:]ss[.uuuuuu] format."),
        _("“%(value)s” value has an invalid format. It must be in HH:MM[:ss[.uuuuuu]] format."),
        _("“%(value)s” value has the correct format (HH:MM[:ss[.uuuuuu]]) but it is an invalid time."),
        _("“%(value)s” is not a valid UUID."),
        _("Universally unique identifier"),
        _("%(model)s instance with %(field)s %(value)r is not a valid choice."),
        _("The number of days must be between {min_days} and {max_days}."),
        _(
            "ManagementForm data is missing or has been tampered with. Missing fields: %(field_names)s. You may need to file a bug report if the issue persists."
        ),
        ngettext("Please submit at most %(num)d form.", "Please submit at most %(num)d forms.", n),
        ngettext("Please submit at least %(num)d form.", "Please submit at least %(num)d forms.", n),
        _("“%(pk)s” is not a valid value."),
        _(
            "%(datetime)s couldn’t be interpreted in time zone %(current_timezone)s; it may be ambiguous or it may not exist."
        ),
        pgettext("String to return when truncating text", "%(truncated_text)s…"),
        _(
            "You are seeing this message because this HTTPS site requires a “Referer header” to be sent by your web browser, but none was sent. This header is required for security reasons, to ensure that your browser is not being hijacked by third parties."
        ),
        _(
            "If you have configured your browser to disable “Referer” headers, please re-enable them, at least for this site, or for HTTPS connections, or for “same-origin” requests."
        ),
        _(
            'If you are using the <meta name="referrer" content="no-referrer"> tag or including the “Referrer-Policy: no-referrer” header, please remove them. The CSRF protection requires the “Referer” header to do strict referer checking. If you’re concerned about privacy, use alternatives like <a rel="noreferrer" …> for links to third-party sites.'
        ),
        _("Invalid date string “%(datestr)s” given format “%(format)s”"),
        _("Empty list and “%(class_name)s.allow_empty” is False."),
        _("Topics, references, &amp; how-to’s"),
    ]


def django_admin(n):
    return [
        _("Added “%(object)s”."),
        _("Changed “%(object)s” — %(changes)s"),
        _("Changed {fields} for {name} “{object}”."),
        _("Hold down “Control”, or “Command” on a Mac, to select more than one."),
        _("Select this object for an action - {}"),
        _("The {name} “{obj}” was added successfully."),
        _("You may edit it again below."),
        _("The {name} “{obj}” was added successfully. You may add another {name} below."),
        _("The {name} “{obj}” was changed successfully. You may edit it again below."),
        _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
        _("The {name} “{obj}” was changed successfully."),
        _("The %(name)s “%(obj)s” was deleted successfully."),
        _("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?"),
        _("Model name"),
        _("Add link"),
        _("Change or view list link"),
        _("After you’ve created a user, you’ll be able to edit more user options."),
        _("Error:"),
        _("Set password"),
        _("This action will <strong>enable</strong> password-based authentication for this user."),
        _("Disable password-based authentication"),
        _("Enable password-based authentication"),
        _("Hide counts"),
        _("Show counts"),
        _("Added:"),
        _("Changed:"),
        _("Deleted:"),
        _(
            "Something’s wrong with your database installation. Make sure the appropriate database tables have been created, and make sure the database is readable by the appropriate user."
        ),
        _("Forgotten your login credentials?"),
        ngettext("entry", "entries", n),
        _("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
        _("Popup closing…"),
        _("In case you’ve forgotten, you are:"),
        _("Select all objects on this page for an action"),
        _("Select %s to view"),
        _("Breadcrumbs"),
        _("Skip to main content"),
        _("Toggle theme (current theme: auto)"),
        _("Toggle theme (current theme: light)"),
        _("Toggle theme (current theme: dark)"),
        _("Sidebar"),
        _("Start typing to filter…"),
        _("Filter navigation items"),
        _("View selected %(model)s"),
        _("Thanks for spending some quality time with the web site today."),
    ]


def django_admin_said_our_way(n):
    """Words of the administration that bend our nouns wrongly, or are not the words of the other pages."""
    return [
        _("Save and add another"),
        _("Save and continue editing"),
        _("Save and view"),
        _("Yes, I’m sure"),
        _("No, take me back"),
        _("Objects"),
        _("Add %s"),
        _("Change %s"),
        _("View %s"),
        _("View"),
        _("Select %s"),
        _("Select %s to change"),
        _("Add %(name)s"),
        _("Add another %(verbose_name)s"),
        _("Add another %(model)s"),
        _("Change selected %(model)s"),
        _("Delete selected %(model)s"),
        _("Delete selected %(verbose_name_plural)s"),
        _("Cannot delete %(name)s"),
        _("Delete multiple objects"),
        _("Go"),
        _("Run the selected action"),
        _("%(full_result_count)s total"),
        ngettext("%(counter)s result", "%(counter)s results", n),
        ngettext("%(total_count)s selected", "All %(total_count)s selected", n),
        _("0 of %(cnt)s selected"),
        ngettext("%(count)s %(name)s was changed successfully.", "%(count)s %(name)s were changed successfully.", n),
        _("Successfully deleted %(count)d %(items)s."),
        _("Items must be selected in order to perform actions on them. No items have been changed."),
        _("No action selected."),
        ngettext("Please correct the error below.", "Please correct the errors below.", n),
        _("Models in the %(name)s application"),
        _("Select all %(total_count)s %(module_name)s"),
        _("Click here to select the objects across all pages"),
        _("Clear selection"),
        _("Unknown content"),
        _("Chosen %s"),
        _("Available %s"),
        _("Change history: %s"),
        _("staff status"),
        _("superuser status"),
        _("user permissions"),
        _(
            "Deleting the %(object_name)s '%(escaped_object)s' would require deleting the following protected related objects:"
        ),
        _("Deleting the selected %(objects_name)s would require deleting the following protected related objects:"),
        _(
            "Deleting the %(object_name)s '%(escaped_object)s' would result in deleting related objects, but your account doesn't have permission to delete the following types of objects:"
        ),
        _(
            "Deleting the selected %(objects_name)s would result in deleting related objects, but your account doesn't have permission to delete the following types of objects:"
        ),
        _(
            'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? All of the following related items will be deleted:'
        ),
        _(
            "Are you sure you want to delete the selected %(objects_name)s? All of the following objects and their related items will be deleted:"
        ),
        _("Change:"),
    ]


def django_auth(n):
    return [
        _("Conflicting form data submitted. Please try again."),
        _("Password-based authentication was disabled."),
        _("Set password: %s"),
        _("Reset password"),
        _(
            "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to authenticate using other backends, such as Single Sign-On or LDAP."
        ),
        _("Password-based authentication"),
        _("Enabled"),
        _("Disabled"),
        _("Raw passwords are not stored, so there is no way to see the user’s password."),
        _("Enable password-based authentication for this user by setting a password."),
        ngettext(
            "This password is too short. It must contain at least %d character.",
            "This password is too short. It must contain at least %d characters.",
            n,
        ),
        _(
            "Enter a valid username. This value may contain only unaccented lowercase a-z and uppercase A-Z letters, numbers, and @/./+/-/_ characters."
        ),
    ]


def django_contenttypes(n):
    return [
        _("Content type %(ct_id)s object %(obj_id)s doesn’t exist"),
        _("%(ct_name)s objects don’t have a get_absolute_url() method"),
    ]


def django_postgres(n):
    return [
        _("Item %(nth)s in the array did not validate:"),
        _("Ensure that the upper bound of the range is not greater than %(limit_value)s."),
        _("Ensure that the lower bound of the range is not less than %(limit_value)s."),
    ]


def django_filter(n):
    return [
        _("date"),
        _("year"),
        _("month"),
        _("day"),
        _("week day"),
        _("hour"),
        _("minute"),
        _("second"),
        _("contains"),
        _("is in"),
        _("is greater than"),
        _("is greater than or equal to"),
        _("is less than"),
        _("is less than or equal to"),
        _("starts with"),
        _("ends with"),
        _("is in range"),
        _("is null"),
        _("matches regex"),
        _("search"),
        _("is contained by"),
        _("overlaps"),
        _("has key"),
        _("has keys"),
        _("has any keys"),
        _("Select a lookup."),
        _("Range query expects two values."),
        _("Today"),
        _("Yesterday"),
        _("Past 7 days"),
        _("This month"),
        _("This year"),
        _("Multiple values may be separated by commas."),
        _("%s (descending)"),
        _("Ordering"),
        _("Submit"),
        _("Field filters"),
        _("exclude"),
        _("All"),
        _("Unknown"),
        _("Yes"),
        _("No"),
    ]


def allauth():
    """Those that allauth says to friends in German (du); we say Sie to everybody."""
    return [
        _("Please type your current password."),
        _("Too many failed login attempts. Try again later."),
        _("Please select only one."),
        _("Be patient, you are sending too many requests."),
        _("You must type the same password each time."),
        _("You must type the same email each time."),
        _("Thank you for using %(site_name)s!\n%(site_domain)s"),
        _("Your password has been changed."),
        _(
            "You're receiving this email because you or someone else has requested a password reset for your user account.\nIt can be safely ignored if you did not request a password reset. Click the link below to reset your password."
        ),
        _("In case you forgot, your username is %(username)s."),
        _("Are you sure you want to sign out?"),
        _("You have signed out."),
        _(
            "Forgotten your password? Enter your email address below, and we'll send you an email allowing you to reset it."
        ),
        _("Please contact us if you have any trouble resetting your password."),
        _(
            "We have sent you an email. If you have not received it please check your spam folder. Otherwise contact us if you do not receive it in a few minutes."
        ),
        _(
            'The password reset link was invalid, possibly because it has already been used.  Please request a <a href="%(passwd_reset_url)s">new password reset</a>.'
        ),
        _("Your password is now changed."),
        _("You are about to generate a new set of recovery codes for your account."),
        _("You are about to deactivate authenticator app based authentication. Are you sure?"),
    ]
