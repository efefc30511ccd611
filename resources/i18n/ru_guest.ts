<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n on this till</source>
   <translation>
    <numerusform>%n на этой кассе</numerusform>
    <numerusform>%n на этой кассе</numerusform>
    <numerusform>%n на этой кассе</numerusform>
   </translation>
  </message>
  <message>
   <source>1 point is 1 ₽, at most {most}</source>
   <translation>1 балл равен 1 ₽, не больше {most}</translation>
  </message>
  <message>
   <source>A new guest.</source>
   <translation>Новый гость.</translation>
  </message>
  <message>
   <source>Apply {rate}</source>
   <translation>Применить {rate}</translation>
  </message>
  <message>
   <source>Ask the guest to show the QR here</source>
   <translation>Попросите гостя показать QR-код в рамке</translation>
  </message>
  <message>
   <source>Bring back</source>
   <translation>Вернуть</translation>
  </message>
  <message>
   <source>Camera</source>
   <translation>Камера</translation>
  </message>
  <message>
   <source>Card code</source>
   <translation>Код карты</translation>
  </message>
  <message>
   <source>Change the hold</source>
   <translation>Изменить резерв</translation>
  </message>
  <message>
   <source>Chosen</source>
   <translation>Выбрано</translation>
  </message>
  <message>
   <source>Code of the guest's card. Name it or show it to the guest.</source>
   <translation>Код карты гостя. Назовите его или покажите гостю.</translation>
  </message>
  <message>
   <source>Discount</source>
   <translation>Скидка</translation>
  </message>
  <message>
   <source>Earn</source>
   <translation>Начислить</translation>
  </message>
  <message>
   <source>Earned on the rest, {rate}</source>
   <translation>Начислим с остатка, {rate}</translation>
  </message>
  <message>
   <source>Enter</source>
   <translation>Ввести</translation>
  </message>
  <message>
   <source>Enter the card code</source>
   <translation>Ввести код карты</translation>
  </message>
  <message>
   <source>Enter the phone</source>
   <translation>Ввести телефон</translation>
  </message>
  <message>
   <source>Find</source>
   <translation>Найти</translation>
  </message>
  <message>
   <source>For this order +{points}</source>
   <translation>За этот заказ +{points}</translation>
  </message>
  <message>
   <source>Give the hold back</source>
   <translation>Отменить резерв</translation>
  </message>
  <message>
   <source>Go on with the guest</source>
   <translation>Продолжить с гостем</translation>
  </message>
  <message>
   <source>Guest</source>
   <translation>Гость</translation>
  </message>
  <message>
   <source>Guests</source>
   <translation>Гости</translation>
  </message>
  <message>
   <source>Hold again</source>
   <translation>Зарезервировать снова</translation>
  </message>
  <message>
   <source>How much to redeem</source>
   <translation>Сколько списать</translation>
  </message>
  <message>
   <source>Increase</source>
   <translation>Больше</translation>
  </message>
  <message>
   <source>It cannot be read?</source>
   <translation>Не читается?</translation>
  </message>
  <message>
   <source>Last visit</source>
   <translation>Последний визит</translation>
  </message>
  <message>
   <source>Less</source>
   <translation>Меньше</translation>
  </message>
  <message>
   <source>Looking the guest up…</source>
   <translation>Ищем гостя…</translation>
  </message>
  <message>
   <source>Maximum {sum}</source>
   <translation>Максимум {sum}</translation>
  </message>
  <message>
   <source>Name, optional</source>
   <translation>Имя, необязательно</translation>
  </message>
  <message>
   <source>New guest</source>
   <translation>Новый гость</translation>
  </message>
  <message>
   <source>No name</source>
   <translation>Без имени</translation>
  </message>
  <message>
   <source>Offline</source>
   <translation>Нет связи</translation>
  </message>
  <message>
   <source>Offline, sent later</source>
   <translation>Без связи, отправим позже</translation>
  </message>
  <message>
   <source>Offline.</source>
   <translation>Нет связи.</translation>
  </message>
  <message>
   <source>Often takes: {names}</source>
   <translation>Часто берёт: {names}</translation>
  </message>
  <message>
   <source>Phone</source>
   <translation>Телефон</translation>
  </message>
  <message>
   <source>Points can be earned, redeeming works online.</source>
   <translation>Баллы начислим, списание будет после связи.</translation>
  </message>
  <message>
   <source>Present the card or the QR of the guest's app.</source>
   <translation>Поднесите карту или QR-код из приложения гостя.</translation>
  </message>
  <message>
   <source>Promo</source>
   <translation>Промо</translation>
  </message>
  <message>
   <source>Promo points first</source>
   <translation>Сначала промо-баллы</translation>
  </message>
  <message>
   <source>Redeem</source>
   <translation>Списать</translation>
  </message>
  <message>
   <source>Redeem {amount}</source>
   <translation>Списать {amount}</translation>
  </message>
  <message>
   <source>Redeemed after payment. {span} left.</source>
   <translation>Спишутся после оплаты. Осталось {span}.</translation>
  </message>
  <message>
   <source>Redeeming points</source>
   <translation>Списание баллов</translation>
  </message>
  <message>
   <source>Register</source>
   <translation>Зарегистрировать</translation>
  </message>
  <message>
   <source>Register the guest: this order earns points at once.</source>
   <translation>Зарегистрируйте гостя: баллы за этот заказ начислятся сразу.</translation>
  </message>
  <message>
   <source>Regular</source>
   <translation>Обычные</translation>
  </message>
  <message>
   <source>Reserved</source>
   <translation>В резерве</translation>
  </message>
  <message>
   <source>Similar guests</source>
   <translation>Похожие гости</translation>
  </message>
  <message>
   <source>Six digits of the card.</source>
   <translation>Шесть цифр карты.</translation>
  </message>
  <message>
   <source>Start the camera</source>
   <translation>Включить камеру</translation>
  </message>
  <message>
   <source>Take the card off</source>
   <translation>Отвязать карту</translation>
  </message>
  <message>
   <source>The camera is off</source>
   <translation>Камера выключена</translation>
  </message>
  <message>
   <source>The card is closed</source>
   <translation>Карта закрыта</translation>
  </message>
  <message>
   <source>The card is closed.</source>
   <translation>Карта закрыта.</translation>
  </message>
  <message>
   <source>The card was taken off</source>
   <translation>Карта отвязана</translation>
  </message>
  <message>
   <source>The guest agrees to the rules of the programme</source>
   <translation>Гость согласен с правилами программы</translation>
  </message>
  <message>
   <source>The guest is found on the sixth digit.</source>
   <translation>Гость найдётся на шестой цифре.</translation>
  </message>
  <message>
   <source>The guest's tier gives no discount</source>
   <translation>Уровень гостя не даёт скидки</translation>
  </message>
  <message>
   <source>The hold ran out. The points went back to the guest.</source>
   <translation>Резерв истёк. Баллы вернулись гостю.</translation>
  </message>
  <message>
   <source>The phone's screen is best at full brightness</source>
   <translation>Яркость экрана телефона лучше на максимум</translation>
  </message>
  <message>
   <source>The sale goes on without points.</source>
   <translation>Продажа идёт без баллов.</translation>
  </message>
  <message>
   <source>The scanner is ready.</source>
   <translation>Сканер готов.</translation>
  </message>
  <message>
   <source>The scanner works, too</source>
   <translation>Сканер тоже работает</translation>
  </message>
  <message>
   <source>The service counts by the same rules and has the last word.</source>
   <translation>Сервис считает по тем же правилам, и последнее слово за ним.</translation>
  </message>
  <message>
   <source>The tier gives a discount</source>
   <translation>Уровень даёт скидку</translation>
  </message>
  <message>
   <source>Then regular points</source>
   <translation>Затем обычные</translation>
  </message>
  <message>
   <source>There is no such number.</source>
   <translation>Такого номера нет.</translation>
  </message>
  <message>
   <source>This phone has a card already</source>
   <translation>У этого номера уже есть карта</translation>
  </message>
  <message>
   <source>Visits</source>
   <translation>Визиты</translation>
  </message>
  <message>
   <source>Visits in all</source>
   <translation>Всего визитов</translation>
  </message>
  <message>
   <source>Why so many points?</source>
   <translation>Почему столько баллов?</translation>
  </message>
  <message>
   <source>Without the consent no card is made</source>
   <translation>Без согласия карту не завести</translation>
  </message>
  <message>
   <source>You are in</source>
   <translation>Гость в программе</translation>
  </message>
  <message>
   <source>closed</source>
   <translation>закрыта</translation>
  </message>
  <message numerus="yes">
   <source>data from %n days ago</source>
   <translation>
    <numerusform>данные %n день назад</numerusform>
    <numerusform>данные %n дня назад</numerusform>
    <numerusform>данные %n дней назад</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>data from %n h ago</source>
   <translation>
    <numerusform>данные %n ч назад</numerusform>
    <numerusform>данные %n ч назад</numerusform>
    <numerusform>данные %n ч назад</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>data from %n min ago</source>
   <translation>
    <numerusform>данные %n мин назад</numerusform>
    <numerusform>данные %n мин назад</numerusform>
    <numerusform>данные %n мин назад</numerusform>
   </translation>
  </message>
  <message>
   <source>no time limit</source>
   <translation>без срока</translation>
  </message>
  <message>
   <source>none</source>
   <translation>нет</translation>
  </message>
  <message>
   <source>redeemed first</source>
   <translation>спишутся первыми</translation>
  </message>
  <message>
   <source>until {time}</source>
   <translation>до {time}</translation>
  </message>
  <message>
   <source>{level}, {rate}</source>
   <translation>{level}, {rate}</translation>
  </message>
  <message>
   <source>{name}, you are in</source>
   <translation>{name}, вы в программе</translation>
  </message>
  <message>
   <source>{points} on hold until {time}.</source>
   <translation>{points} в резерве до {time}.</translation>
  </message>
  <message>
   <source>{rate} of {sum}</source>
   <translation>{rate} от {sum}</translation>
  </message>
  <message>
   <source>{sum} on the whole order instead of points</source>
   <translation>{sum} на весь заказ вместо баллов</translation>
  </message>
  <message>
   <source>{sum} to {level}</source>
   <translation>ещё {sum}: {level}</translation>
  </message>
 </context>
</TS>
