"""Languages besides English in which both honest people and distillers write: a few forms and fillers each.

Kinds of form: ask (opens a conversation), more (follows up), task (an instruction), matter (to a support desk),
aside (said after an opening or an instruction).
"""

from typing import Final, NamedTuple


class Tongue(NamedTuple):
    """One language's fillers {t} {d} {p} {c} {a} and forms by kind."""

    things: tuple[str, ...]
    fields: tuple[str, ...]
    people: tuple[str, ...]
    places: tuple[str, ...]
    traits: tuple[str, ...]
    forms: dict[str, tuple[str, ...]]


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


TONGUES: Final[dict[str, Tongue]] = {
    "zh": Tongue(
        _parts("自行车|空气净化器|租房合同|钢琴|阳台花园|咖啡机|高铁票|疫苗|股票基金|围棋|书法|无人机|古诗|火锅|睡眠|驾照|显微镜|手机电池|日记|瑜伽|台风|博物馆"),
        _parts("烹饪|法律|医学|编程|历史|物理|旅行|金融|教育|园艺|音乐|心理学"),
        _parts("老师|护士|大学生|退休工程师|店主|翻译|新手父母|农民"),
        _parts("成都|苏州|青岛|昆明|西安|厦门|哈尔滨"),
        _parts("便宜的|旧的|可靠的|小型的|流行的|易碎的|传统的"),
        {
            "ask": _parts(
                "{t}是什么？为什么重要？|我的{t}坏了怎么办？|{a}{t}和普通的有什么区别？|在{c}哪里可以买到{t}？|"
                "请推荐一个{d}入门计划。|{p}应该怎么选择{t}？|"
                "帮我写一封关于{t}的邮件。|{t}一般多少钱？|为什么很多{p}喜欢{t}？|周末去{c}怎么安排？"
            ),
            "more": _parts(
                "谢谢，那{t}呢？|能再短一点吗？|为什么？|举个例子吧。|第二点我没看懂。|换一种说法。|如果我是{p}呢？|"
                "继续。"
            ),
            "task": _parts(
                "请写一篇关于“{t}”的短文。|解释一下{t}，并举三个例子。|比较{a}{t}和新的{t}。|"
                "为{p}设计一个关于{d}的学习计划。|列出使用{t}的十个建议。|"
                "用简单的话介绍{c}的{d}。|写一段{p}谈论{t}的对话。|把“{t}很重要”改写得更正式。|给{t}写一个广告语。|"
                "总结{d}的三个趋势。"
            ),
            "matter": _parts(
                "我的{t}还没到|怎么退款|可以改地址到{c}吗|登录不了|转人工|发票在哪里|{t}有{a}款吗|谢谢|订单想取消|"
                "多收了我的钱"
            ),
            "aside": _parts(
                "我是{p}。|预算是{n}元。|我住在{c}。|和{t}有关。|请在{n}字以内回答。|最好是{a}。|"
                "和{d}结合起来说。|对象是{c}的{p}。|参考{t}的例子。|这是第{n}次问了。|我已经有{a}{t}了。|"
                "顺便说说{d}。"
            ),
        },
    ),
    "es": Tongue(
        _parts(
            "bicicleta|contrato|cámara|sombrilla|pizarra|bufanda|mochila|maceta|acuarela|beca|hipoteca|"
            "paella|telescopio|seguro|guitarra|huerto|impuesto|tren nocturno|vacuna|"
            "ajedrez|horno|lámpara|novela"
        ),
        _parts("cocina|derecho|medicina|historia|física|viajes|finanzas|música"),
        _parts("profesora|enfermero|estudiante|jubilado|panadera|traductor"),
        _parts("Sevilla|Lima|Oviedo|Rosario|Puebla|Cali"),
        _parts("barata|antigua|fiable|pequeña|frágil|popular"),
        {
            "ask": _parts(
                "¿Qué es una {t} y para qué sirve?|¿Cómo elijo una {t} {a}?|Mi {t} no funciona, ¿qué hago?|"
                "¿Cuánto cuesta una {t} en {c}?|¿Qué opina una {p} de la {t}?|"
                "Ayúdame a planear un fin de semana en {c}."
            ),
            "more": _parts(
                "Gracias. ¿Y la {t}?|Más corto, por favor.|¿Por qué?|Dame un ejemplo.|"
                "No entiendo el segundo punto.|Sigue."
            ),
            "task": _parts(
                "Escribe un ensayo sobre la {t}.|Explica la {t} a una {p} con tres ejemplos.|"
                "Compara la {t} {a} con otra.|Diseña un curso de {d}.|Haz una lista de diez usos de la {t}.|"
                "Redacta un informe sobre {d} en {c}."
            ),
            "matter": _parts(
                "no llega mi {t}|quiero cancelar|cambiar la dirección a {c}|me cobraron dos veces|"
                "hablar con alguien|gracias"
            ),
            "aside": _parts(
                "Soy {p} de {c}.|Tengo {n} euros.|En {n} palabras.|Algo {a}, por favor.|"
                "Tiene que ver con {d}.|Ya probé con otra {t}.|Es para una {p}.|"
                "Vivo en {c} desde hace {n} días."
            ),
        },
    ),
    "de": Tongue(
        _parts(
            "Fahrrad|Mietvertrag|Kamera|Regenschirm|Rucksack|Stipendium|Hypothek|Aquarell|Kompost|Dachfenster|Sauerteig|Teleskop|Versicherung|Klavier|Hochbeet|Steuerbescheid|Nachtzug|"
            "Impfung|Wärmepumpe|Roman"
        ),
        _parts("Backen|Recht|Medizin|Geschichte|Physik|Reisen|Finanzen|Musik"),
        _parts("Lehrerin|Pfleger|Studentin|Rentner|Bäckerin|Übersetzer"),
        _parts("Leipzig|Bern|Graz|Kiel|Ulm|Görlitz"),
        _parts("billig|alt|zuverlässig|klein|empfindlich|beliebt"),
        {
            "ask": _parts(
                "Was ist bei {t} zu beachten?|Ist {t} gebraucht zu {a}?|Mein Thema ist {t}, wo fange ich an?|"
                "Was kostet {t} in {c}?|Wie erkläre ich {t} einer {p}?|Plane ein Wochenende in {c}."
            ),
            "more": _parts(
                "Danke. Und {t}?|Kürzer bitte.|Warum?|Ein Beispiel?|Den zweiten Punkt verstehe ich nicht.|"
                "Weiter."
            ),
            "task": _parts(
                "Schreibe einen Aufsatz über {t}.|Erkläre {t} mit drei Beispielen.|"
                "Vergleiche {t} früher und heute.|Entwirf einen Kurs über {d}.|Nenne zehn Tipps zu {t}.|"
                "Verfasse einen Bericht über {d} in {c}."
            ),
            "matter": _parts(
                "{t} nicht angekommen|ich will kündigen|neue Adresse in {c}|doppelt abgebucht|"
                "bitte mit einem Menschen|danke"
            ),
            "aside": _parts(
                "Ich bin {p} aus {c}.|Ich habe {n} Euro.|In {n} Wörtern.|Es geht um {d}.|"
                "Möglichst {a}, bitte.|Bisher hatte ich nur {t}.|Für eine {p}.|Wir sind {n} Leute in {c}."
            ),
        },
    ),
    "ar": Tongue(
        _parts("هاتف|مكيف|سجادة|زعتر|مسرح|شطرنج|نظارة|دفتر|عقد إيجار|قهوة|كاميرا|تأمين|عود|حديقة|ضريبة|قطار|لقاح"),
        _parts("الطبخ|القانون|الطب|التاريخ|الفيزياء|السفر"),
        _parts("معلمة|ممرض|طالبة|متقاعد|خباز"),
        _parts("عمّان|تونس|مسقط|طنجة"),
        _parts("رخيص|قديم|صغير|موثوق"),
        {
            "ask": _parts(
                "ما هو {t} ولماذا هو مهم؟|كيف أختار {t} {a}؟|كم يكلف {t} في {c}؟|ساعدني في خطة لتعلم {d}."
            ),
            "more": _parts("شكرا، وماذا عن {t}؟|أقصر من فضلك.|لماذا؟|أعطني مثالا."),
            "task": _parts(
                "اكتب مقالا عن {t}.|اشرح {t} مع ثلاثة أمثلة.|صمم دورة عن {d}.|اكتب تقريرا عن {d} في {c}."
            ),
            "matter": _parts("لم يصل {t}|أريد الإلغاء|غيّر العنوان إلى {c}|شكرا"),
            "aside": _parts(
                "أنا {p} من {c}.|لدي {n} دينار.|في {n} كلمة.|أريده {a}.|له علاقة بـ{d}.|جربت {t} من قبل.|"
                "من أجل {p}.|أسكن في {c} منذ {n} يوما."
            ),
        },
    ),
}  # fmt: skip
LIKELY: Final = ("zh", "zh", "es", "de", "ar")  # as often as drawn
