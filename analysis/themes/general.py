"""Everyday sentences: what comments share whatever they are about.

Their mean is the prior for the mean of a small or one-topic set (`features.py`): twenty comments
on one subject would otherwise lose that subject when their own mean is taken away.
"""

from __future__ import annotations

_SENTENCES: dict[str, str] = {
    "en": """Overall I am satisfied and have nothing to add.
It takes far too long until somebody answers.
I would like more information about what happens next.
The staff were friendly and explained everything well.
Nobody could tell me who is responsible for this.
The room was cold and the food could be better.
We had to wait for more than an hour without being told why.
My account shows a payment that I did not make.
Please check it and let me know as soon as possible.
The new system is slow and crashes several times a day.
There is not enough money for training and equipment.
They listened to me and took my concerns seriously.
The meeting was cancelled at the last minute again.
I do not understand why the rules were changed.
More people are needed, everyone is overworked.
Can you help me to find the right form?
The price went up and the quality went down.
My manager supports me and gives honest feedback.
I feel that my opinion does not count here.
The parcel arrived late and one part was missing.
It works well for us, thank you for the good cooperation.
There should be a better plan for busy days.
I called three times and was sent from one person to the next.
The colleagues are helpful and the atmosphere is good.
What is the best way to get there by train?
Decisions are made without asking those who do the work.
Parking is difficult and the building is hard to find.
My doctor changed the medicine and I feel better now.
The children liked the activities very much.
I was treated with respect and kindness.
We never know what is planned for the next month.
The pay is low compared with other places.
The instructions were unclear and partly wrong.
I want to cancel my card and order a new one.
Everything was clean and well organised.
They promised to call back but they never did.
The workload is not shared fairly between us.
There is too much paperwork and too little time for people.
I would recommend it to my friends and family.
Things have become better since last year.
How do I set a reminder for tomorrow morning?
They do their job and we do ours.""",
    "de": """Im Großen und Ganzen bin ich zufrieden.
Es dauert viel zu lange, bis jemand antwortet.
Niemand konnte mir sagen, wer dafür zuständig ist.
Die Mitarbeiter waren freundlich und haben alles gut erklärt.
Wir mussten über eine Stunde warten.
Das neue System ist langsam und stürzt oft ab.
Es fehlt an Personal und alle sind überlastet.
Ich verstehe nicht, warum die Regeln geändert wurden.
Meine Meinung zählt hier nicht.
Die Besprechung wurde wieder kurzfristig abgesagt.
Der Preis ist gestiegen und die Qualität ist schlechter geworden.
Die Zusammenarbeit mit den Kollegen ist gut.""",
    "fr": """Dans l'ensemble je suis satisfait.
Il faut attendre trop longtemps avant d'avoir une réponse.
Personne n'a pu me dire qui est responsable.
Le personnel était aimable et a tout bien expliqué.
Nous avons attendu plus d'une heure.
Le nouveau système est lent et tombe souvent en panne.
Il manque du personnel et tout le monde est surchargé.
Je ne comprends pas pourquoi les règles ont changé.
Mon avis ne compte pas ici.
La réunion a encore été annulée au dernier moment.
Le prix a augmenté et la qualité a baissé.
La collaboration avec les collègues est bonne.""",
    "es": """En general estoy satisfecho.
Se tarda demasiado en recibir una respuesta.
Nadie pudo decirme quién es el responsable.
El personal fue amable y lo explicó todo bien.
Tuvimos que esperar más de una hora.
El nuevo sistema es lento y falla a menudo.
Falta personal y todos están sobrecargados.
No entiendo por qué cambiaron las reglas.
Mi opinión no cuenta aquí.
La reunión se canceló otra vez a última hora.
El precio subió y la calidad bajó.
La colaboración con los compañeros es buena.""",
}

GENERAL: dict[str, tuple[str, ...]] = {
    language: tuple(text.split("\n")) for language, text in _SENTENCES.items()
}


def general_sentences(languages: set[str]) -> list[str]:
    """The sentences of the given languages; the English ones when none of them is known."""
    known = sorted(languages & set(GENERAL)) or ["en"]
    return [sentence for language in known for sentence in GENERAL[language]]
