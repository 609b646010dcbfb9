import datetime
import pytest
from django.urls import reverse
from accounts import clock
from tests.assessments.reviewing import drawn, look_at, plaque_of, reported, visited  # noqa
from tests.sites.conftest import climb  # noqa

def test_days(xiangtan, people, client, climb, visited):
    climb("甲", "city")
    rev = visited()
    client.force_login(people.office); client.raise_request_exception=False
    bad=[]
    for d in ("9999-12-31","0001-01-01","9998-02-29","2020-02-29","x","９９９９-12-31", "2017-13-45"):
        for name in ("applications:eligibility","sites:list","sites:plaques","assessments:reviews","assessments:list"):
            for key in ("on","day","as_of","date","deadline","cycle","level","area"):
              for extra in ("", "&export=xlsx"):
                r=client.get(reverse(name)+f"?{key}={d}{extra}")
                if r.status_code>=400: bad.append((name,key,d,r.status_code))
    for far in ("9"*30,"-1","1e5","%00"):
        for name in ("applications:eligibility","sites:list","sites:plaques","assessments:reviews","assessments:list","assessments:ranking","assessments:objections","applications:list"):
            for key in ("page","cycle","level","area","category","programme","state","q","sort"):
                r=client.get(reverse(name)+f"?{key}={far}")
                if r.status_code>=500: bad.append((name,key,far,r.status_code))
    from sites.models import Plaque
    p=Plaque.objects.filter(level__code="city").first()
    for action in ("rectify","suspend","resume","revoke","give_back","replace","confirm","refuse","expire","lapse","prove"):
        for d in ("9999-12-31","0001-01-01","x"):
            r=client.post(reverse("sites:plaque",args=[p.pk]),{"action":action,"day":d,"by":d,"reason":"<script>x</script>","number":"a\x00b"})
            if r.status_code>=500: bad.append((action,d,r.status_code))
    for d in ("9999-12-31","0001-01-01"):
        r=client.post(reverse("assessments:review_result",args=[rev.pk]),{"result":"rectify","findings":"a","rectify_by":d})
        if r.status_code>=500: bad.append(("result",d,r.status_code))
        for n in ("assessments:reviews","dashboard:inbox","dashboard:overview"):
            r=client.get(reverse(n))
            if r.status_code>=500: bad.append((n,d,r.status_code))
    r=client.get(reverse("assessments:review",args=[rev.pk])); 
    if r.status_code!=200: bad.append(("review",r.status_code))
    r=client.get(reverse("sites:detail",args=[rev.site_id])); 
    if r.status_code!=200 : bad.append(("site",r.status_code))
    r=client.get(reverse("sites:detail",args=[p.site_id])); 
    if r.status_code!=200 or "<script>x" in r.content.decode(): bad.append(("site xss",r.status_code))
    assert not bad, bad
