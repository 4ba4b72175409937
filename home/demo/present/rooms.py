from home.demo import words
from home.demo.population import HOME
from home.demo.present.stage import Stage
from meetings.actions import add_room
from people.models import Municipality


class Rooms(Stage):
    """The rooms of the consultant's house, in which their meetings on site take place, and one
    in each county for the groups of supervision.
    """

    def play(self) -> None:
        municipality = Municipality.objects.get(name=HOME)
        address = words.PLACES[municipality.county.name]
        with self.on(self.ago(150)):
            for name, seats, notes in words.ROOMS:
                add_room(
                    municipality=municipality,
                    name=name,
                    address=address,
                    seats=seats,
                    notes=notes,
                    by=self.accounts["consultant"],
                )
            name, seats, notes = words.HALL
            for county, place in words.HALLS.items():
                add_room(
                    municipality=Municipality.objects.get(name=place),
                    name=name,
                    address=words.PLACES[county],
                    seats=seats,
                    notes=notes,
                    by=self.coordinator,
                )
