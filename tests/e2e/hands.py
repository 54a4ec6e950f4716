"""Two ways to go a journey: with a mouse, and by the keyboard alone, where one always sees where one is.

Both know the same deeds, so that one journey is gone both ways.
"""

from playwright.sync_api import expect

from .test_keyboard import STOP

# Where the focus is, seen from the control that is wanted: there (radio buttons are one stop), behind it, before main.
WHERE = f"""(wanted) => {{
  const at = document.activeElement, radio = wanted.type === "radio" && at.type === "radio";
  return {{
    ...({STOP})(),
    isThere: at === wanted || (radio && at.name === wanted.name && at.form === wanted.form),
    isBehind: Boolean(wanted.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
    isMain: at.matches("main"),
    isSkipLink: at.matches("a[href='#main']"),
    isWantedInMain: Boolean(wanted.closest("main")),
  }};
}}"""


class Hands:
    """`at(css)` finds; the rest acts on what was found."""

    def __init__(self, page):
        self.page = page

    def at(self, css):
        return self.page.locator(css)

    def link(self, path):
        """The first link to an address, whatever its query says."""
        return self.page.locator(f"a[href='{path}'], a[href^='{path}?'], a[href^='{path}#']").first

    def open(self, path):
        """Loads the page anew, even where only a skip link was followed on it."""
        assert self.page.goto(path.partition("#")[0]).status == 200, path

    def show(self, target):
        """Opens what the target is folded into, the outermost first: a bar on a phone, or what few choose.

        A bar that a wide screen shows unfolded is a closed fold whose summary nobody sees.
        """
        while not target.is_visible():
            self.unfold(target.locator("xpath=ancestor::details[not(@open)]/summary").filter(visible=True).first)

    def follow(self, path):
        """To an address by its link; the bars are folded on a phone."""
        link = self.link(path)
        self.show(link)
        self.go(link)


class Mouse(Hands):
    def go(self, target):
        """Follows a link or presses a button, to the page it leads to."""
        with self.page.expect_navigation():
            target.click()

    def unfold(self, summary):
        summary.click()

    def write(self, target, text):
        target.fill(text)

    def write_day(self, target, day):
        target.fill(day.isoformat())

    def write_time(self, target, hours):
        target.fill(hours)

    def choose(self, target, value):
        target.select_option(value)

    def tick(self, target):
        self.show(target)
        target.check()


class Keyboard(Hands):
    def reach(self, target, most=400):
        """Presses Tab until the target has the focus, from the top of a page over the skip link where that helps.

        Every stop on the way shows the focus and is not covered by anything.
        """
        wanted = target.element_handle()
        stop = self.page.evaluate(WHERE, wanted)
        for _press in range(most):
            if stop["isThere"]:
                return
            if stop["isSkipLink"] and stop["isWantedInMain"]:
                self.page.keyboard.press("Enter")
            else:
                self.page.keyboard.press("Shift+Tab" if stop["isBehind"] else "Tab")
            stop = self.page.evaluate(WHERE, wanted)
            assert not stop["isBody"], f"the focus left the page on the way to {target}"
            assert stop["isMain"] or stop["faults"] == [], f"{stop['faults']}: {stop['name']} on {self.page.url}"
        raise AssertionError(f"{most} presses did not reach {target}")

    def go(self, target):
        self.reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def unfold(self, summary):
        self.reach(summary)
        self.page.keyboard.press("Enter")

    def write(self, target, text):
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        expect(target).to_have_value(text)

    def write_day(self, target, day):
        """Only days like 2. 2.: browsers ask for day and month in different orders."""
        assert day.day == day.month
        self.reach(target)
        self.page.keyboard.type(f"{day:%d%m%Y}")
        expect(target).to_have_value(day.isoformat())

    def write_time(self, target, hours):
        self.reach(target)
        self.page.keyboard.type(hours.replace(":", ""))
        expect(target).to_have_value(hours)

    def choose(self, target, value):
        self.reach(target)
        values = target.evaluate("(select) => [...select.options].map((option) => option.value)")
        steps = values.index(value) - target.evaluate("(select) => select.selectedIndex")
        for _step in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        expect(target).to_have_value(value)

    def tick(self, target):
        self.show(target)
        self.reach(target)
        for _step in range(20):
            if target.is_checked():
                return
            is_here = target.evaluate("(element) => element === document.activeElement")
            self.page.keyboard.press("Space" if is_here else "ArrowDown")
        raise AssertionError(f"{target} could not be chosen")
