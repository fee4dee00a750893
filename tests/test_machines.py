from config import machines


def test_the_drawn_machines_are_those_of_the_code():
    assert machines.PAGE.read_text() == machines.page(), "./bryggan manage machines"
