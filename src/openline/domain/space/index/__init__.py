"""The index of many volumes: found by box, judged as the rule judges them."""

from openline.domain.space.index.fast import make_air_ready as make_air_ready
from openline.domain.space.index.fast import make_ready as make_ready
from openline.domain.space.index.table import Table as Table
from openline.domain.space.index.table import table_of as table_of
from openline.domain.space.index.volume_index import Hit as Hit
from openline.domain.space.index.volume_index import Meetings as Meetings
from openline.domain.space.index.volume_index import VolumeIndex as VolumeIndex
